import type { Channel, Stats } from '@/api/types'

/**
 * The models that a person may mean, by name: those that the channels list or
 * rename, and those that were asked for lately. Wildcards name none.
 */
export function knownModels(channels: readonly Channel[], used: Stats['models']): string[] {
  const listed = channels.flatMap((c) => [...c.models, ...Object.keys(c.aliases)])
  const names = [...used.map((m) => m.name), ...listed].filter((name) => name !== '' && !name.includes('*'))
  return [...new Set(names)].sort((a, b) => a.localeCompare(b))
}
