import { describe, expect, it } from 'vitest'
import { account } from '@/testing/records'
import { bySource, firstToEnd, left, outlook, roughly, together, type Forecast } from './forecast'

const hour = 3_600_000
const now = Date.parse('2026-11-20T12:00:00Z')

function forecast(part: Partial<Forecast> = {}): Forecast {
  return {
    limit: 'quota',
    unit: 'credits',
    remaining: 10,
    rate: 1,
    per: 'hour',
    basis: 'provider_quota',
    measured_hours: 24,
    before_reset: true,
    confidence: 'high',
    exhausted_at: new Date(now + 10 * hour).toISOString(),
    ...part,
  }
}

describe('a forecast', () => {
  it('is rounded to what it can know', () => {
    expect(roughly(10_000)).toBe(60_000)
    expect(roughly(100 * 60_000)).toBe(100 * 60_000)
    expect(roughly(5.4 * hour)).toBe(5 * hour)
    expect(roughly(60 * hour)).toBe(72 * hour)
  })

  it('says whether the limit ends, lasts or is no matter', () => {
    expect(outlook(forecast())).toBe('soon')
    expect(outlook(forecast({ before_reset: false }))).toBe('lasts')
    expect(outlook(forecast({ exhausted_at: undefined }))).toBe('long')
    expect(left(forecast(), now)).toBe(10 * hour)
    expect(left(forecast(), now + 11 * hour)).toBe(60_000)
  })

  it('names the account that ends first', () => {
    const a = account({ id: 'a', forecast: forecast() })
    const b = account({ id: 'b', forecast: forecast({ exhausted_at: new Date(now + 3 * hour).toISOString() }) })
    const off = account({ id: 'c', enabled: false, forecast: forecast({ exhausted_at: new Date(now + hour).toISOString() }) })
    const lasting = account({ id: 'd', forecast: forecast({ before_reset: false }) })
    expect(firstToEnd([a, b, off, lasting, account()], now, 48 * hour)?.id).toBe('b')
    expect(firstToEnd([a, lasting], now, 2 * hour)).toBeUndefined()
  })
})

describe('the accounts of a channel', () => {
  const of = (remaining: number, rate: number, part = {}) =>
    account({
      usage: { unit: 'credits', source: 'provider_quota', used: 0, limit: 1000, remaining, fetched_at: '2026-11-20T10:00:00Z', parts: [], ...part },
      ...(rate > 0 && { forecast: forecast({ rate }) }),
    })

  it('last as long as what they have left together', () => {
    expect(together([of(100, 1), of(20, 4), of(80, 0)], now)).toEqual({ remaining: 200, unit: 'credits', ms: 48 * hour - 8 * hour, lasts: false })
    expect(together([of(100, 1, { resets_at: '2026-11-21T12:00:00Z' }), of(100, 1)], now)?.lasts).toBe(true)
  })

  it('have no sum where nothing can be added up', () => {
    expect(together([of(100, 1)], now)).toBeUndefined()
    expect(together([of(100, 0), of(100, 0)], now)).toBeUndefined()
    expect(together([of(100, 1), of(100, 1, { unit: 'usd' })], now)).toBeUndefined()
    expect(together([of(100, 1), account()], now)).toBeUndefined()
  })
})

describe('the parts of a usage', () => {
  it('stand by their source, the whole’s first', () => {
    const groups = bySource({
      unit: 'credits',
      source: 'provider_quota',
      used: 1,
      limit: 2,
      remaining: 1,
      fetched_at: '2026-11-20T10:00:00Z',
      parts: [
        { name: 'plan', used: 1, limit: 2 },
        { name: 'cost', unit: 'usd', source: 'own_ledger', used: 3, limit: 0, fetched_at: '2026-11-20T12:00:00Z' },
        { name: 'trial', used: 0, limit: 5 },
      ],
    })
    expect(groups.map((g) => [g.source, g.fetchedAt, g.parts.map((p) => p.unit)])).toEqual([
      ['provider_quota', '2026-11-20T10:00:00Z', ['credits', 'credits']],
      ['own_ledger', '2026-11-20T12:00:00Z', ['usd']],
    ])
  })
})
