/** One row of a key and value editor. */
export interface Pair {
  key: string
  value: string
}

export function toPairs(map: Record<string, string>): Pair[] {
  return Object.entries(map).map(([key, value]) => ({ key, value }))
}

/** Rows without a key are unfinished and left out; of equal keys the last wins. */
export function fromPairs(pairs: readonly Pair[]): Record<string, string> {
  return Object.fromEntries(
    pairs.filter((p) => p.key.trim() !== '').map((p) => [p.key.trim(), p.value.trim()]),
  )
}

/** The first key that two rows share. */
export function repeatedKey(pairs: readonly Pair[]): string | undefined {
  const keys = pairs.map((p) => p.key.trim()).filter(Boolean)
  return keys.find((key, i) => keys.indexOf(key) !== i)
}
