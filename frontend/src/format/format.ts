/** Numbers, money, sizes and times as text. All take the locale first. */

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** 12,345 */
export function formatNumber(locale: string, value: number): string {
  return new Intl.NumberFormat(locale).format(value)
}

/** 12.3K or 1.2万; exact below 10,000. */
export function formatCompact(locale: string, value: number): string {
  if (Math.abs(value) < 10_000) return formatNumber(locale, value)
  return new Intl.NumberFormat(locale, {
    notation: 'compact',
    maximumSignificantDigits: 3,
  }).format(value)
}

/** $0.0042: US dollars with enough digits that a small amount is not shown as nothing. */
export function formatCost(locale: string, value: number): string {
  const small = value > 0 && value < 1
  return new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: 'USD',
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: 2,
    maximumFractionDigits: small ? 4 : 2,
  }).format(value)
}

/** 37%, rounded down. */
export function formatPercent(locale: string, share: number): string {
  // Something is more than 0%, and almost all is less than 100%.
  const shown = share > 0 && share < 1 ? Math.min(Math.max(share, 0.001), 0.999) : share
  return new Intl.NumberFormat(locale, {
    style: 'percent',
    maximumFractionDigits: shown > 0 && shown < 0.1 ? 1 : 0,
    roundingMode: 'floor',
  } as Intl.NumberFormatOptions).format(shown)
}

/** 1.4 kB (powers of 1000). */
export function formatBytes(locale: string, bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB']
  let value = bytes
  let step = 0
  while (value >= 1000 && step < units.length - 1) {
    value /= 1000
    step += 1
  }
  const digits = value < 10 && step > 0 ? 1 : 0
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value)
  return `${number} ${units[step] ?? ''}`
}

function unit(locale: string, value: number, name: string, digits = 0): string {
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: name,
    unitDisplay: 'narrow',
    maximumFractionDigits: digits,
  }).format(value)
}

/** 850 ms, 1.4 s, 3m 20s, 5h 2m, 12d 4h: two units at most. */
export function formatDuration(locale: string, ms: number): string {
  const value = Math.max(0, ms)
  if (value < 1000) return unit(locale, Math.round(value), 'millisecond')
  if (value < 10_000) return unit(locale, Math.floor(value / 100) / 10, 'second', 1)
  if (value < minute) return unit(locale, Math.floor(value / 1000), 'second')
  if (value < hour) return pair(locale, value, ['minute', minute], ['second', 1000])
  if (value < day) return pair(locale, value, ['hour', hour], ['minute', minute])
  return pair(locale, value, ['day', day], ['hour', hour])
}

type Step = readonly [name: string, ms: number]

function pair(locale: string, ms: number, [big, bigMs]: Step, [small, smallMs]: Step): string {
  const whole = unit(locale, Math.floor(ms / bigMs), big)
  const rest = Math.floor((ms % bigMs) / smallMs)
  return rest > 0 ? `${whole} ${unit(locale, rest, small)}` : whole
}

/** "just now", "3 minutes ago", "in 2 hours"; whole units only. */
export function formatRelative(locale: string, iso: string, now: number): string {
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' })
  const delta = Date.parse(iso) - now
  const size = Math.abs(delta)
  const sign = Math.sign(delta)
  if (size < 45_000) return format.format(0, 'second')
  if (size < hour) return format.format(sign * Math.max(1, Math.round(size / minute)), 'minute')
  if (size < day) return format.format(sign * Math.round(size / hour), 'hour')
  return format.format(sign * Math.round(size / day), 'day')
}

/** The full local date and time, to the second and with the zone. */
export function formatExact(locale: string, iso: string): string {
  return new Intl.DateTimeFormat(locale, {
    dateStyle: 'medium',
    timeStyle: 'long',
  }).format(new Date(iso))
}

/** The local time of today, with the date in front for any other day. */
export function formatMoment(locale: string, iso: string, now: number): string {
  const date = new Date(iso)
  const sameDay = date.toDateString() === new Date(now).toDateString()
  return new Intl.DateTimeFormat(locale, {
    ...(sameDay ? {} : { month: 'short', day: 'numeric' }),
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).format(date)
}

/** The local date. */
export function formatDate(locale: string, iso: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }).format(new Date(iso))
}

/** Reports whether a time of the API is set: Go's zero time means "never". */
export function isSet(iso: string | null | undefined): iso is string {
  return !!iso && !iso.startsWith('0001-')
}
