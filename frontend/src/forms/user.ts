import type { GoneMode, Period, User, UserInput } from '@/api/types'
import { isSet } from '@/format/format'
import { addressOrBlock, collect, each, required, whole, type Problem, type Problems } from './rules'

/** What the user form edits; null is "no limit". */
export interface UserForm {
  name: string
  enabled: boolean
  period: Period
  tokens: number | null
  requests: number | null
  cost_usd: number | null
  rpm: number | null
  tpm: number | null
  concurrency: number | null
  models: string[]
  allowed_ips: string[]
  expires_at: number | null
  gone: GoneMode
  gone_seconds: number | null
}

/** Seconds that are offered for reading an answer on. */
const defaultDrain = 60

/** The form of a new user. */
export function newUserForm(): UserForm {
  return {
    name: '',
    enabled: true,
    period: 'month',
    tokens: null,
    requests: null,
    cost_usd: null,
    rpm: null,
    tpm: null,
    concurrency: null,
    models: [],
    allowed_ips: [],
    expires_at: null,
    gone: 'cut',
    gone_seconds: defaultDrain,
  }
}

/** The form of an existing user. */
export function userForm(user: User): UserForm {
  return {
    name: user.name,
    enabled: user.enabled,
    period: user.quota.period || 'total',
    tokens: user.quota.tokens ?? null,
    requests: user.quota.requests ?? null,
    cost_usd: user.quota.cost_usd ?? null,
    rpm: user.rpm || null,
    tpm: user.tpm || null,
    concurrency: user.concurrency || null,
    models: [...user.models],
    allowed_ips: [...user.allowed_ips],
    expires_at: isSet(user.expires_at) ? Date.parse(user.expires_at) : null,
    gone: user.on_client_gone.mode,
    gone_seconds: user.on_client_gone.seconds || defaultDrain,
  }
}

/** What is wrong with the form, by the server's names of the fields. */
export function checkUser(form: UserForm): Problems {
  return collect({
    name: required(form.name),
    'quota.tokens': limit(form.tokens),
    'quota.requests': limit(form.requests),
    'quota.cost_usd': form.cost_usd !== null && form.cost_usd < 0 ? atLeastZero : undefined,
    rpm: limit(form.rpm),
    tpm: limit(form.tpm),
    concurrency: limit(form.concurrency),
    allowed_ips: each(form.allowed_ips, addressOrBlock),
    'on_client_gone.seconds': form.gone === 'drain_for' ? whole(form.gone_seconds, 1, 900) : undefined,
  })
}

const atLeastZero: Problem = { key: 'form.atLeast', params: { min: 0 } }

function limit(value: number | null): Problem | undefined {
  return value === null ? undefined : whole(value, 0)
}

/** What is sent. The quota goes as a whole, so a limit that is absent is none. */
export function userInput(form: UserForm): UserInput {
  return {
    name: form.name.trim(),
    enabled: form.enabled,
    quota: {
      period: form.period,
      ...(form.tokens !== null && { tokens: form.tokens }),
      ...(form.requests !== null && { requests: form.requests }),
      ...(form.cost_usd !== null && { cost_usd: form.cost_usd }),
    },
    rpm: form.rpm ?? 0,
    tpm: form.tpm ?? 0,
    concurrency: form.concurrency ?? 0,
    models: form.models,
    allowed_ips: form.allowed_ips,
    expires_at: form.expires_at === null ? null : new Date(form.expires_at).toISOString(),
    on_client_gone: {
      mode: form.gone,
      ...(form.gone === 'drain_for' && form.gone_seconds !== null && { seconds: form.gone_seconds }),
    },
  }
}
