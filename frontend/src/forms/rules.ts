/**
 * Validation as pure functions. A problem is a translation key with its
 * parameters; the server checks everything again and its words go beside ours.
 */
export interface Problem {
  key: string
  params?: Record<string, unknown>
}

export type Problems = Record<string, Problem>

/** Collects the first problem of each field; absent problems are left out. */
export function collect(checks: Record<string, Problem | undefined>): Problems {
  return Object.fromEntries(
    Object.entries(checks).filter((entry): entry is [string, Problem] => entry[1] !== undefined),
  )
}

export function required(value: string): Problem | undefined {
  return value.trim() === '' ? { key: 'form.required' } : undefined
}

/** An absolute http or https URL without a query; empty is allowed. */
export function httpUrl(value: string): Problem | undefined {
  if (value.trim() === '') return undefined
  const url = parseUrl(value.trim())
  const fine = url && /^https?:$/.test(url.protocol) && url.hostname !== '' && !url.search && !url.hash && !url.username
  return fine ? undefined : { key: 'form.url' }
}

/** A proxy: http, https, socks5 or socks5h; empty is allowed. */
export function proxyUrl(value: string): Problem | undefined {
  if (value.trim() === '') return undefined
  const url = parseUrl(value.trim())
  return url && /^(https?|socks5h?):$/.test(url.protocol) && url.hostname !== ''
    ? undefined
    : { key: 'form.proxy' }
}

/** An http(s) origin: scheme, host and port and nothing else. */
export function origin(value: string): Problem | undefined {
  const url = parseUrl(value)
  return url && /^https?:$/.test(url.protocol) && url.origin === value.replace(/\/$/, '')
    ? undefined
    : { key: 'form.origin', params: { value } }
}

/** A host name or address without scheme, path or port. */
export function hostName(value: string): Problem | undefined {
  return /^(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(value) || /^\[?[0-9a-f:]+\]?$/i.test(value)
    ? undefined
    : { key: 'form.host', params: { value } }
}

/** A version number, or empty for the default. */
export function version(value: string): Problem | undefined {
  return /^[\w.+-]{0,40}$/.test(value.trim()) ? undefined : { key: 'form.version' }
}

/** An IPv4 or IPv6 address, or a CIDR block of them. */
export function addressOrBlock(value: string): Problem | undefined {
  const problem: Problem = { key: 'form.address', params: { value } }
  const [address = '', bits, more] = value.split('/')
  const v4 = isIPv4(address)
  const size = v4 ? 32 : 128
  if (more !== undefined || !(v4 || isIPv6(address))) return problem
  const fits = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= size)
  return fits ? undefined : problem
}

/** A whole number within bounds, both included. */
export function whole(value: number | null, min: number, max = Number.MAX_SAFE_INTEGER): Problem | undefined {
  if (value !== null && Number.isInteger(value) && value >= min && value <= max) return undefined
  return max === Number.MAX_SAFE_INTEGER
    ? { key: 'form.atLeast', params: { min } }
    : { key: 'form.between', params: { min, max } }
}

/** A header's name as RFC 9110 allows it. */
export function headerName(value: string): Problem | undefined {
  return /^[!#$%&'*+.^_`|~0-9a-z-]+$/i.test(value) ? undefined : { key: 'form.header', params: { value } }
}

/** The first problem that the check finds in any of the values. */
export function each(
  values: readonly string[],
  check: (value: string) => Problem | undefined,
): Problem | undefined {
  for (const value of values) {
    const problem = check(value)
    if (problem) return problem
  }
  return undefined
}

function parseUrl(value: string): URL | undefined {
  try {
    return new URL(value)
  } catch {
    return undefined
  }
}

function isIPv4(value: string): boolean {
  const parts = value.split('.')
  return parts.length === 4 && parts.every((p) => /^\d{1,3}$/.test(p) && Number(p) <= 255)
}

function isIPv6(value: string): boolean {
  return /^[0-9a-f:.]+$/i.test(value) && value.includes(':') && parseUrl(`http://[${value}]`) !== undefined
}
