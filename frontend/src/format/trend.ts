import type { Counts, TrendPoint } from '@/api/types'

/** One bar of the trend chart. */
export interface Bucket {
  start: Date
  requests: number
  errors: number
  tokens: number
}

const dayMs = 24 * 3_600_000

/**
 * The bars of a trend. Its points come without gaps, hour by hour or day by
 * day. A day begins at midnight UTC, so it is shown under its calendar date,
 * which in other zones is not that of the instant.
 */
export function trendBuckets(points: readonly TrendPoint[]): Bucket[] {
  const daily = isDaily(points)
  return points.map((point) => ({
    start: daily ? calendarDate(point.time) : new Date(point.time),
    requests: point.requests,
    errors: point.errors,
    tokens: point.input_tokens + point.output_tokens,
  }))
}

/** Reports whether the points are whole days. */
export function isDaily(points: readonly TrendPoint[]): boolean {
  return points.length > 0 && points.every((p) => Date.parse(p.time) % dayMs === 0)
}

function calendarDate(time: string): Date {
  const date = new Date(time)
  return new Date(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate())
}

/** What hourly points hold since the last local midnight. */
export function sumToday(points: readonly TrendPoint[], now: number): Counts {
  const midnight = new Date(now).setHours(0, 0, 0, 0)
  const sum = { ...noCounts }
  for (const point of points) {
    if (Date.parse(point.time) < midnight) continue
    for (const name of Object.keys(sum) as (keyof Counts)[]) sum[name] += point[name]
  }
  return sum
}

/** The sums of nothing. */
export const noCounts: Readonly<Counts> = {
  requests: 0,
  errors: 0,
  input_tokens: 0,
  cache_read_tokens: 0,
  cache_write_tokens: 0,
  output_tokens: 0,
  reasoning_tokens: 0,
  cost_usd: 0,
}
