import { describe, expect, it } from 'vitest'
import { record } from '@/testing/records'
import { filterOf, matches, queryFromView, viewFromQuery } from './logFilter'

describe('the filter in the address', () => {
  it('survives a round trip', () => {
    const query = { user: 'usr_1', outcome: 'rejected', model: 'gpt-4o', q: 'too long', span: '24h' }
    expect(queryFromView(viewFromQuery(query))).toEqual(query)
  })

  it('ignores what it does not know', () => {
    expect(queryFromView(viewFromQuery({ outcome: 'funny', span: '9y', other: 'x' }))).toEqual({})
  })

  it('becomes a time bound', () => {
    const view = viewFromQuery({ span: '1h' })
    expect(filterOf(view, Date.parse('2026-01-01T12:00:00Z')).since).toBe('2026-01-01T11:00:00.000Z')
  })
})

describe('matches', () => {
  it.each([
    [{}, true],
    [{ user: 'usr_1', channel: 'chn_1', account: 'acc_1', model: 'gpt-4o', outcome: 'ok' as const }, true],
    [{ user: 'usr_2' }, false],
    [{ model: 'gpt-4' }, false],
    [{ q: 'GPT 4o' }, true],
    [{ q: 'gpt overloaded' }, false],
    [{ outcome: 'rejected' as const }, false],
    [{ since: '2026-01-01T12:00:00Z' }, true],
    [{ since: '2026-01-01T12:00:01Z' }, false],
  ])('%j: %s', (filter, want) => {
    expect(matches(filter, record())).toBe(want)
  })
})
