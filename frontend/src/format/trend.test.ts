import { describe, expect, it } from 'vitest'
import { cacheShare, change, isDaily, noCounts, successRate, sumToday, trendBuckets } from './trend'

const point = (time: string, requests: number) => ({
  ...noCounts,
  time,
  requests,
  errors: 1,
  input_tokens: 10,
  output_tokens: 5,
  reasoning_tokens: 3,
})

describe('trendBuckets', () => {
  it('keeps hours at their instant', () => {
    const points = [point('2026-01-01T00:00:00Z', 1), point('2026-01-01T01:00:00Z', 2)]
    expect(isDaily(points)).toBe(false)
    expect(trendBuckets(points).map((b) => b.start.toISOString())).toEqual([
      '2026-01-01T00:00:00.000Z',
      '2026-01-01T01:00:00.000Z',
    ])
  })

  it('knows days, also where one has 23 hours', () => {
    const points = [point('2026-03-28T23:00:00Z', 1), point('2026-03-29T22:00:00Z', 2)]
    expect(isDaily(points)).toBe(true)
    expect(isDaily(points.slice(1))).toBe(false)
  })

  it('counts input and output; reasoning is part of the output', () => {
    expect(trendBuckets([point('2026-01-01T00:00:00Z', 4)])[0]).toMatchObject({ requests: 4, errors: 1, tokens: 15 })
  })
})

describe('sumToday', () => {
  it('begins at the local midnight', () => {
    const midnight = new Date(2026, 0, 2).getTime()
    const hour = 3_600_000
    const points = [-1, 0, 1].map((h) => point(new Date(midnight + h * hour).toISOString(), 10))
    expect(sumToday(points, midnight + 2 * hour).requests).toBe(20)
  })
})

describe('shares', () => {
  it('compares with the time before, if there was something', () => {
    expect(change(150, 100)).toBeCloseTo(0.5)
    expect(change(0, 100)).toBe(-1)
    expect(change(5, 0)).toBeUndefined()
  })

  it('tells how much succeeded and how much came from a cache', () => {
    expect(successRate({ ...noCounts, requests: 8, errors: 2 })).toBe(0.75)
    expect(successRate(noCounts)).toBe(1)
    expect(cacheShare({ ...noCounts, input_tokens: 100, cache_read_tokens: 40 })).toBe(0.4)
    expect(cacheShare(noCounts)).toBe(0)
  })
})
