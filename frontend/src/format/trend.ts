import type { Counts, Latency, TrendPoint } from '@/api/types'

/** One bar of the trend chart. */
export interface Bucket {
  start: Date
  requests: number
  errors: number
  tokens: number
}

const dayMs = 24 * 3_600_000

/** The bars of a trend. Its points come without gaps, hour by hour or day by day. */
export function trendBuckets(points: readonly TrendPoint[]): Bucket[] {
  return points.map((point) => ({
    start: new Date(point.time),
    requests: point.requests,
    errors: point.errors,
    tokens: point.input_tokens + point.output_tokens,
  }))
}

/** Reports whether the points are days; one is an hour shorter or longer where the clocks change. */
export function isDaily(points: readonly TrendPoint[]): boolean {
  const [first, second] = points
  return first !== undefined && second !== undefined && Date.parse(second.time) - Date.parse(first.time) > dayMs / 2
}

/** The zone in which this person's days begin; empty where the browser does not know. */
export function timeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone ?? ''
}

/** By how much a sum has changed against the one before, as a share; undefined without one before. */
export function change(now: number, before: number): number | undefined {
  return before > 0 ? (now - before) / before : undefined
}

/** The share of the input that came from a prompt cache. */
export function cacheShare(counts: Counts): number {
  return counts.input_tokens > 0 ? counts.cache_read_tokens / counts.input_tokens : 0
}

/** The share of the requests that were answered; 1 without any. */
export function successRate(counts: Counts): number {
  return counts.requests > 0 ? 1 - counts.errors / counts.requests : 1
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

/** The latency of nothing. */
export const noLatency: Readonly<Latency> = {
  first_byte: { p50: 0, p90: 0, p99: 0 },
  total: { p50: 0, p90: 0, p99: 0 },
}
