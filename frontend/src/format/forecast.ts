import type { Account, AccountUsage } from '@/api/types'

export type Forecast = NonNullable<Account['forecast']>
export type UsagePart = AccountUsage['parts'][number]
export type Source = NonNullable<UsagePart['source']>

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** A span in one unit: a forecast is not exact to the minute. */
export function roughly(ms: number): number {
  const step = ms >= 2 * day ? day : ms >= 2 * hour ? hour : minute
  return Math.max(step, Math.round(ms / step) * step)
}

/** What a forecast says: the limit ends soon, holds until it is new, or holds for years. */
export type Outlook = 'soon' | 'lasts' | 'long'

export function outlook(f: Forecast): Outlook {
  if (!f.exhausted_at) return 'long'
  return f.before_reset ? 'soon' : 'lasts'
}

/** How long it is until the limit is used up. */
export function left(f: Forecast, now: number): number {
  return f.exhausted_at ? roughly(Math.max(0, Date.parse(f.exhausted_at) - now)) : 0
}

/** Over how long the pace was measured. */
export function measured(f: Forecast): number {
  return roughly(f.measured_hours * hour)
}

/** The account of a list whose limit is used up first within a time, if any is. */
export function firstToEnd(accounts: readonly Account[], now: number, within: number): Account | undefined {
  const end = (a: Account) => Date.parse(a.forecast?.exhausted_at ?? '')
  return accounts
    .filter((a) => a.enabled && a.state !== 'exhausted' && a.forecast?.before_reset && end(a) - now < within)
    .sort((a, b) => end(a) - end(b))[0]
}

/** Parts that come from one source, with when they were read. */
export interface Group {
  source: Source | ''
  fetchedAt: string
  parts: UsagePart[]
}

/** The parts of a usage by where they come from, in the order in which they stand. */
export function bySource(usage: AccountUsage): Group[] {
  const groups = new Map<string, Group>()
  for (const part of usage.parts) {
    const source = part.source ?? usage.source ?? ''
    const group = groups.get(source) ?? { source, fetchedAt: part.fetched_at ?? usage.fetched_at, parts: [] }
    group.parts.push({ ...part, unit: part.unit ?? usage.unit })
    groups.set(source, group)
  }
  return [...groups.values()]
}

/** What the accounts of a channel have left together, and how long that lasts. */
export interface Pool {
  remaining: number
  unit: string
  /** Until it is used up, rounded. */
  ms: number
  /** The first of their quotas is new before that. */
  lasts: boolean
}

/**
 * The accounts of a channel taken as one: when one is used up the others go on,
 * so what is left is divided by the sum of their paces. Only what the provider
 * itself counts can be added up; of fewer than two such accounts there is no sum.
 */
export function together(accounts: readonly Account[], now: number): Pool | undefined {
  const counted = accounts.filter((a) => a.enabled && a.usage?.source === 'provider_quota' && !a.usage.unlimited)
  const unit = counted[0]?.usage?.unit ?? ''
  if (counted.length < 2 || counted.some((a) => a.usage?.unit !== unit)) return undefined
  const remaining = counted.reduce((sum, a) => sum + (a.usage?.remaining ?? 0), 0)
  const rate = counted.reduce((sum, a) => sum + (a.forecast?.limit === 'quota' ? a.forecast.rate : 0), 0)
  if (rate <= 0 || remaining <= 0) return undefined
  const ms = (remaining / rate) * hour
  const resets = Math.min(...counted.map((a) => Date.parse(a.usage?.resets_at ?? '') || Infinity))
  return { remaining, unit, ms: roughly(ms), lasts: now + ms > resets }
}
