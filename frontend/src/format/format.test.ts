import { describe, expect, it } from 'vitest'
import * as f from './format'

// Intl separates with several kinds of space.
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ')

describe('numbers', () => {
  it.each([
    ['en', 0, '0'],
    ['en', 9999, '9,999'],
    ['en', 12_345, '12.3K'],
    ['en', 9_260_000, '9.26M'],
    ['zh-CN', 12_345, '1.23万'],
    ['zh-CN', 9999, '9,999'],
  ])('%s compact %d', (locale, n, want) => {
    expect(f.formatCompact(locale, n)).toBe(want)
  })

  it.each([
    [0, '$0.00'],
    [0.0042, '$0.0042'],
    [0.5, '$0.50'],
    [12.345, '$12.35'],
    [1234.5, '$1,234.50'],
  ])('cost %d', (n, want) => {
    expect(f.formatCost('en', n)).toBe(want)
  })

  it.each([
    [0, '0%'],
    [0.00001, '0.1%'],
    [0.004, '0.4%'],
    [0.5, '50%'],
    [0.9999, '99%'],
    [1, '100%'],
    [1.2, '120%'],
  ])('percent %d', (n, want) => {
    expect(f.formatPercent('en', n)).toBe(want)
  })

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1400, '1.4 kB'],
    [21_340, '21 kB'],
    [3_500_000, '3.5 MB'],
  ])('bytes %d', (n, want) => {
    expect(f.formatBytes('en', n)).toBe(want)
  })
})

describe('times', () => {
  it.each([
    ['en', 0, '0ms'],
    ['en', 850, '850ms'],
    ['en', 1449, '1.4s'],
    ['en', 59_999, '59s'],
    ['en', 200_000, '3m 20s'],
    ['en', 180_000, '3m'],
    ['en', 3_600_000 * 5 + 120_000, '5h 2m'],
    ['en', 86_400_000 * 12 + 3_600_000 * 4, '12d 4h'],
    ['en', -5, '0ms'],
    ['zh-CN', 200_000, '3分钟 20秒'],
  ])('%s duration %d', (locale, ms, want) => {
    expect(plain(f.formatDuration(locale, ms))).toBe(want)
  })

  const now = Date.parse('2026-01-01T12:00:00Z')

  it.each([
    ['2026-01-01T11:59:40Z', 'now'],
    ['2026-01-01T11:57:00Z', '3 min. ago'],
    ['2026-01-01T14:00:00Z', 'in 2 hr.'],
    ['2025-12-30T12:00:00Z', '2 days ago'],
  ])('relative %s', (iso, want) => {
    expect(plain(f.formatRelative('en', iso, now))).toBe(want)
  })

  it('leaves the date out for today only', () => {
    expect(f.formatMoment('en', '2026-01-01T12:00:00Z', now)).not.toContain('Jan')
    expect(f.formatMoment('en', '2025-11-01T12:00:00Z', now)).toContain('Nov 1')
  })

  it.each([
    [undefined, false],
    [null, false],
    ['', false],
    ['0001-01-01T00:00:00Z', false],
    ['2026-01-01T00:00:00Z', true],
  ])('isSet %s', (iso, want) => {
    expect(f.isSet(iso)).toBe(want)
  })
})
