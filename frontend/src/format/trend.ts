import type { TrendPoint } from '@/api/types'

/** One bar of the trend chart. */
export interface Bucket {
  start: Date
  requests: number
  errors: number
  tokens: number
}

const hourMs = 3_600_000

/**
 * Puts trend points into the bars of a chart, empty ones included: the last 24
 * local hours for one day, else the last `days` local days. Points may be hourly
 * or daily; daily ones carry midnight UTC and are taken by their calendar date.
 */
export function fillTrend(points: readonly TrendPoint[], days: number, now: number): Bucket[] {
  const hourly = days <= 1
  const buckets = hourly ? hours(now) : localDays(days, now)
  const daily = !hourly && points.every((p) => Date.parse(p.time) % (24 * hourMs) === 0)
  const byStart = new Map(buckets.map((b) => [b.start.getTime(), b]))
  for (const point of points) {
    const bucket = byStart.get(startOf(point.time, hourly, daily))
    if (bucket) add(bucket, point)
  }
  return buckets
}

function startOf(time: string, hourly: boolean, daily: boolean): number {
  const date = new Date(time)
  if (hourly) return date.setMinutes(0, 0, 0)
  if (daily) return new Date(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()).getTime()
  return date.setHours(0, 0, 0, 0)
}

function add(bucket: Bucket, point: TrendPoint): void {
  bucket.requests += point.requests
  bucket.errors += point.errors
  bucket.tokens += point.input_tokens + point.output_tokens
}

function hours(now: number): Bucket[] {
  const last = new Date(now).setMinutes(0, 0, 0)
  return Array.from({ length: 24 }, (_, i) => empty(new Date(last - (23 - i) * hourMs)))
}

/** Local midnights, made from calendar dates so that a clock change shifts none. */
function localDays(days: number, now: number): Bucket[] {
  const today = new Date(now)
  return Array.from({ length: days }, (_, i) =>
    empty(new Date(today.getFullYear(), today.getMonth(), today.getDate() - (days - 1 - i))),
  )
}

function empty(start: Date): Bucket {
  return { start, requests: 0, errors: 0, tokens: 0 }
}
