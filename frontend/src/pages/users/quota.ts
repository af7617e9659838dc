import type { User } from '@/api/types'

/** One limit of a quota and how far it is used. */
export interface QuotaLine {
  kind: 'tokens' | 'requests' | 'cost_usd'
  used: number
  limit: number
}

/** The limits that a user has; what is unlimited has no line. */
export function quotaLines(user: User): QuotaLine[] {
  const kinds = ['tokens', 'requests', 'cost_usd'] as const
  return kinds.flatMap((kind) => {
    const limit = user.quota[kind]
    return limit === undefined ? [] : [{ kind, used: user.used[kind], limit }]
  })
}
