import type { LocationQuery } from 'vue-router'
import { outcomes, type LogFilter, type LogRecord, type Outcome } from '@/api/types'

/** The spans that are offered; `all` is no bound. */
export const spans = ['all', '1h', '24h', '7d', '30d'] as const
export type Span = (typeof spans)[number]

const hour = 3_600_000
const spanMs: Readonly<Record<Exclude<Span, 'all'>, number>> = {
  '1h': hour,
  '24h': 24 * hour,
  '7d': 7 * 24 * hour,
  '30d': 30 * 24 * hour,
}

/** What the log page shows; null is "any". */
export interface LogView {
  user: string | null
  channel: string | null
  account: string | null
  model: string
  /** Words that the model, the error or the reason of an attempt holds. */
  q: string
  outcome: Outcome | null
  span: Span
}

/** The page's address holds the filter, so that it can be linked and reloaded. */
export function viewFromQuery(query: LocationQuery): LogView {
  const text = (name: string) => {
    const value = query[name]
    return typeof value === 'string' && value !== '' ? value : null
  }
  return {
    user: text('user'),
    channel: text('channel'),
    account: text('account'),
    model: text('model') ?? '',
    q: text('q') ?? '',
    outcome: outcomes.find((o) => o === text('outcome')) ?? null,
    span: spans.find((s) => s === text('span')) ?? 'all',
  }
}

/** What viewFromQuery reads; "any" is left out. */
export function queryFromView(view: LogView): Record<string, string> {
  const all = { ...view, span: view.span === 'all' ? null : view.span }
  return Object.fromEntries(Object.entries(all).filter((e): e is [string, string] => !!e[1]))
}

/** The filter as the server takes it. */
export function filterOf(view: LogView, now: number): LogFilter {
  return {
    user: view.user ?? undefined,
    channel: view.channel ?? undefined,
    account: view.account ?? undefined,
    model: view.model.trim() || undefined,
    q: view.q.trim() || undefined,
    outcome: view.outcome ?? undefined,
    since: view.span === 'all' ? undefined : new Date(now - spanMs[view.span]).toISOString(),
  }
}

/** Reports whether a live record belongs to the view, by the server's own rules. */
export function matches(filter: LogFilter, record: LogRecord): boolean {
  return (
    (!filter.user || filter.user === record.user_id) &&
    (!filter.channel || filter.channel === record.channel_id) &&
    (!filter.account || filter.account === record.account_id) &&
    (!filter.model || filter.model === record.requested_model) &&
    (!filter.q || holds(record, filter.q)) &&
    (!filter.outcome || filter.outcome === record.outcome) &&
    (!filter.since || Date.parse(record.time) >= Date.parse(filter.since))
  )
}

/** Every word must be somewhere, in any case. */
function holds(record: LogRecord, q: string): boolean {
  const reasons = (record.attempts ?? []).map((attempt) => attempt.reason)
  const text = [record.requested_model, record.upstream_model, record.error, ...reasons].join('\n').toLowerCase()
  return q.toLowerCase().split(/\s+/).every((word) => text.includes(word))
}
