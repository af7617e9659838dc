import { describe, expect, it } from 'vitest'
import type { Attempt } from '@/api/types'
import { record } from '@/testing/records'
import { place, ticks, timeline } from './spans'

const at = (ms: number) => new Date(Date.parse('2026-01-01T12:00:00Z') + ms).toISOString()

function attempt(part: Partial<Attempt>): Attempt {
  return { channel_id: 'chn_1', account_id: 'acc_1', status: 200, reason: '', started_at: at(0), duration_ms: 0, ...part }
}

/** A line in short: "connect 0-40, wait 40-300". */
const short = (lines: ReturnType<typeof timeline>['lines']) =>
  lines.map((l) => `${l.kind}${l.failed ? '!' : ''}: ` + l.segments.map((s) => `${s.phase} ${s.from}-${s.to}`).join(', '))

describe('an attempt', () => {
  it.each([
    ['with all points', { refresh_ms: 100, connect_ms: 140, first_byte_ms: 400, content_ms: 900, duration_ms: 2000 }, 'refresh 0-100, connect 100-140, wait 140-400, think 400-900, content 900-2000'],
    ['without a refresh', { connect_ms: 40, first_byte_ms: 300, content_ms: 300, duration_ms: 800 }, 'connect 0-40, wait 40-300, content 300-800'],
    ['that never connected', { status: 0, duration_ms: 500 }, 'connect 0-500'],
    ['that waited in vain', { connect_ms: 10, duration_ms: 500 }, 'connect 0-10, wait 10-500'],
    ['that got an error', { connect_ms: 10, first_byte_ms: 200, duration_ms: 200 }, 'connect 0-10, wait 10-200'],
    ['that got an error inside 200', { connect_ms: 10, first_byte_ms: 200, duration_ms: 700 }, 'connect 0-10, wait 10-200, think 200-700'],
    ['whose token could not be renewed', { refresh_ms: 300, duration_ms: 300 }, 'refresh 0-300'],
    ['that was answered before it was written', { connect_ms: 50, first_byte_ms: 20, content_ms: 90, duration_ms: 100 }, 'connect 0-50, think 50-90, content 90-100'],
    ['whose points are behind its end', { connect_ms: 5, first_byte_ms: 12, duration_ms: 10 }, 'connect 0-5, wait 5-10'],
    ['of no time at all', { duration_ms: 0 }, 'connect 0-0'],
  ])('%s', (_, part, want) => {
    const drawn = timeline(record({ attempts: [attempt(part)], duration_ms: 2000 }), 0)
    expect(short(drawn.lines)).toEqual([`attempt: ${want}`])
  })
})

describe('a time line', () => {
  it('has a line for the waits and one for each attempt at its real start', () => {
    const drawn = timeline(
      record({
        queue_ms: 300,
        duration_ms: 3000,
        attempts: [
          attempt({ started_at: at(200), status: 429, reason: 'limit', connect_ms: 10, first_byte_ms: 100, duration_ms: 100 }),
          attempt({ started_at: at(500), connect_ms: 10, first_byte_ms: 1000, content_ms: 1500, duration_ms: 2500 }),
        ],
      }),
      0,
    )
    expect(short(drawn.lines)).toEqual([
      'queue: queue 0-200, queue 400-500',
      'attempt!: connect 200-210, wait 210-300',
      'attempt: connect 500-510, wait 510-1500, think 1500-2000, content 2000-3000',
    ])
    expect(drawn.total).toBe(3000)
    expect(drawn.used).toEqual(['queue', 'connect', 'wait', 'think', 'content'])
  })

  it('lays a wait of which nothing is known at its start', () => {
    const drawn = timeline(record({ queue_ms: 700, duration_ms: 700, attempts: [] }), 0)
    expect(short(drawn.lines)).toEqual(['queue: queue 0-700'])
  })

  it('goes on to the present for a request in flight', () => {
    const live = record({ outcome: 'in_flight', queue_ms: 100, duration_ms: 0, attempts: null })
    const drawn = timeline(live, Date.parse(at(4200)))
    expect(short(drawn.lines)).toEqual(['queue: queue 0-100', 'running: running 100-4200'])
    expect(drawn.total).toBe(4200)
    // The clock of the browser may be behind that of the server.
    expect(timeline(live, Date.parse(at(-5000))).total).toBe(100)
  })

  it('is as long as its longest line', () => {
    const drawn = timeline(record({ duration_ms: 10, attempts: [attempt({ started_at: at(5), duration_ms: 90 })] }), 0)
    expect(drawn.total).toBe(95)
  })

  it('has a length also when nothing took time', () => {
    expect(timeline(record({ duration_ms: 0 }), 0)).toEqual({ total: 1, lines: [], ticks: [0, 1], used: [] })
  })
})

describe('the axis', () => {
  it.each([
    [1, [0, 1]],
    [95, [0, 50]],
    [400, [0, 100, 200, 300, 400]],
    [900, [0, 500]],
    [2300, [0, 1000, 2000]],
    [65_000, [0, 20_000, 40_000, 60_000]],
  ])('of %d ms', (total, want) => {
    expect(ticks(total)).toEqual(want)
  })

  it('never has more than five points', () => {
    for (let total = 1; total < 2_000_000; total = Math.ceil(total * 1.3)) expect(ticks(total).length).toBeLessThanOrEqual(5)
  })

  it('keeps pieces inside', () => {
    expect(place(50, 150, 200)).toEqual({ left: '25%', width: '50%' })
    expect(place(-10, 300, 200)).toEqual({ left: '0%', width: '100%' })
    expect(place(200, 200, 200)).toEqual({ left: '100%', width: '0%' })
  })
})
