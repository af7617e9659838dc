import type { Attempt, LogRecord } from '@/api/types'

/** What a request was waiting for, in the order in which an attempt goes. */
export const phases = ['queue', 'refresh', 'connect', 'wait', 'think', 'content', 'running'] as const
export type Phase = (typeof phases)[number]

/** A piece of the time line, in milliseconds from the start of the request. */
export interface Segment {
  phase: Phase
  from: number
  to: number
}

/** One line of the drawing. */
export interface Line {
  kind: 'queue' | 'attempt' | 'running'
  segments: Segment[]
  from: number
  to: number
  /** Of an attempt. */
  attempt?: Attempt
  failed: boolean
}

export interface Timeline {
  /** How long the axis is, in milliseconds; at least 1. */
  total: number
  lines: Line[]
  ticks: number[]
  /** The phases that occur, for the legend. */
  used: Phase[]
}

/** The times of a request as something to draw; `now` is where one in flight stands. */
export function timeline(record: LogRecord, now: number): Timeline {
  const start = Date.parse(record.time)
  const attempts = (record.attempts ?? []).map((attempt) => attemptLine(attempt, start))
  const lines = [...queueLines(record, attempts), ...attempts]
  if (record.outcome === 'in_flight') {
    const from = Math.max(0, ...lines.map((line) => line.to))
    lines.push(line('running', [{ phase: 'running', from, to: Math.max(from, now - start) }]))
  }
  const total = Math.max(1, record.duration_ms, ...lines.map((l) => l.to))
  const found = new Set(lines.flatMap((l) => l.segments.map((s) => s.phase)))
  return { total, lines, ticks: ticks(total), used: phases.filter((phase) => found.has(phase)) }
}

function line(kind: Line['kind'], segments: Segment[], attempt?: Attempt): Line {
  const from = segments[0]?.from ?? 0
  return { kind, segments, from, to: segments.at(-1)?.to ?? from, attempt, failed: !!attempt?.reason }
}

/** An attempt from point to point; what was not reached was being waited for at its end. */
function attemptLine(attempt: Attempt, start: number): Line {
  const begin = Math.max(0, Date.parse(attempt.started_at) - start) || 0
  const points: [Phase, number | undefined][] = [
    ['refresh', attempt.refresh_ms],
    ['connect', attempt.connect_ms],
    ['wait', attempt.first_byte_ms],
    ['think', attempt.content_ms],
  ]
  const segments: Segment[] = []
  let at = 0
  let next: Phase = 'connect'
  points.forEach(([phase, point], i) => {
    if (!point) return
    const to = Math.min(Math.max(at, point), attempt.duration_ms)
    if (to > at || phase !== 'connect') segments.push({ phase, from: begin + at, to: begin + to })
    at = to
    next = points[i + 1]?.[0] ?? 'content'
  })
  if (attempt.duration_ms > at || segments.length === 0) {
    segments.push({ phase: next, from: begin + at, to: begin + attempt.duration_ms })
  }
  return line('attempt', segments.filter((s, _, all) => s.to > s.from || all.length === 1), attempt)
}

/**
 * The waits for accounts. The row knows their sum; each of them ended where an
 * attempt began, so they are laid before the attempts as far as there is room.
 */
function queueLines(record: LogRecord, attempts: Line[]): Line[] {
  let left = record.queue_ms
  if (left <= 0) return []
  const segments: Segment[] = []
  let free = 0
  for (const { from, to } of attempts) {
    const wait = Math.min(left, from - free)
    if (wait > 0) segments.push({ phase: 'queue', from: from - wait, to: from })
    left -= Math.max(0, wait)
    free = Math.max(free, to)
  }
  if (attempts.length === 0 || segments.length === 0) segments.push({ phase: 'queue', from: free, to: free + left })
  return [line('queue', segments)]
}

/** Round points of the axis, from 0 on, at most five. */
export function ticks(total: number): number[] {
  const rough = total / 4
  const power = 10 ** Math.floor(Math.log10(Math.max(1, rough)))
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough) ?? 10 * power
  return Array.from({ length: Math.floor(total / step) + 1 }, (_, i) => i * step)
}

/** Where a piece lies on the axis, in percent. */
export function place(from: number, to: number, total: number): { left: string; width: string } {
  const clamp = (ms: number) => Math.min(100, Math.max(0, (ms / total) * 100))
  const left = clamp(from)
  return { left: `${round(left)}%`, width: `${round(clamp(to) - left)}%` }
}

const round = (n: number) => Math.round(n * 1000) / 1000
