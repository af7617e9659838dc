import type { Account, AccountInput, Credential, Period, Provider } from '@/api/types'
import { timeZone } from '@/format/trend'
import { collect, httpUrl, proxyUrl, required, whole, type Problem, type Problems } from './rules'

/** How an account of Kiro signs in, as the form offers it. */
export type AuthMethod = 'social' | 'builder-id' | 'idc' | 'api_key'
export const authMethods: readonly AuthMethod[] = ['builder-id', 'idc', 'social', 'api_key']

/** What the account form edits. Secrets start empty: the server never tells them. */
export interface AccountForm {
  name: string
  api_key: string
  /** Reads the reports of the organisation; empty keeps the stored one. */
  admin_key: string
  remove_admin_key: boolean
  refresh_token: string
  client_id: string
  client_secret: string
  auth_method: AuthMethod
  region: string
  start_url: string
  profile_arn: string
  priority: number | null
  weight: number | null
  max_concurrency: number | null
  rpm: number | null
  proxy_url: string
  models: string[]
  tags: string[]
  enabled: boolean
  budget_period: Period
  budget_tokens: number | null
  budget_requests: number | null
  budget_cost_usd: number | null
  daily_share: number | null
  hours_from: string
  hours_to: string
}

/** The form of a new account. */
export function newAccountForm(): AccountForm {
  return {
    name: '',
    api_key: '',
    admin_key: '',
    remove_admin_key: false,
    refresh_token: '',
    client_id: '',
    client_secret: '',
    auth_method: 'builder-id',
    region: 'us-east-1',
    start_url: '',
    profile_arn: '',
    priority: 0,
    weight: 1,
    max_concurrency: null,
    rpm: null,
    proxy_url: '',
    models: [],
    tags: [],
    enabled: true,
    budget_period: 'month',
    budget_tokens: null,
    budget_requests: null,
    budget_cost_usd: null,
    daily_share: null,
    hours_from: '',
    hours_to: '',
  }
}

/** The form of an existing account; its credential is kept unless one is typed. */
export function accountForm(account: Account): AccountForm {
  return {
    ...newAccountForm(),
    name: account.name,
    priority: account.priority,
    weight: account.weight,
    max_concurrency: account.max_concurrency || null,
    rpm: account.rpm || null,
    proxy_url: account.proxy_url,
    models: [...account.models],
    tags: [...account.tags],
    enabled: account.enabled,
    budget_period: account.budget?.period || 'month',
    budget_tokens: account.budget?.tokens ?? null,
    budget_requests: account.budget?.requests ?? null,
    budget_cost_usd: account.budget?.cost_usd ?? null,
    daily_share: account.daily_share || null,
    hours_from: account.active_hours?.from ?? '',
    hours_to: account.active_hours?.to ?? '',
  }
}

/**
 * What is wrong with the form, by the server's names of the fields. A new
 * account needs its credential; the name may be left to the server.
 */
export function checkAccount(form: AccountForm, provider: Provider, isNew: boolean): Problems {
  const byKey = provider !== 'kiro' || form.auth_method === 'api_key'
  return collect({
    name: isNew ? undefined : required(form.name),
    ...(byKey ? checkKey(form, isNew) : checkTokens(form, isNew)),
    admin_key: hasReports(provider) ? optionalSecret(form.admin_key) : undefined,
    priority: whole(form.priority, -1000, 1000),
    weight: whole(form.weight, 1, 1000),
    max_concurrency: whole(form.max_concurrency ?? 0, 0),
    rpm: whole(form.rpm ?? 0, 0),
    proxy_url: proxyUrl(form.proxy_url),
    'budget.tokens': whole(form.budget_tokens ?? 1, 1),
    'budget.requests': whole(form.budget_requests ?? 1, 1),
    daily_share: whole(form.daily_share ?? 0, 0, 100),
    active_hours: hours(form),
  })
}

/** Whether the provider has usage reports that are read with an admin key. */
export function hasReports(provider: Provider): boolean {
  return provider === 'openai' || provider === 'anthropic'
}

/** Both ends, or none. */
function hours(form: AccountForm): Problem | undefined {
  const ends = [form.hours_from.trim(), form.hours_to.trim()]
  if (ends.every((end) => end === '')) return undefined
  return ends.every((end) => /^([01]\d|2[0-3]):[0-5]\d$/.test(end)) ? undefined : { key: 'form.hours' }
}

type Checks = Record<string, Problem | undefined>

function checkKey(form: AccountForm, isNew: boolean): Checks {
  return { 'credential.api_key': isNew ? secret(form.api_key) : optionalSecret(form.api_key) }
}

function checkTokens(form: AccountForm, isNew: boolean): Checks {
  const given = form.refresh_token.trim() !== ''
  if (!given && !isNew) return {}
  const sso = form.auth_method !== 'social'
  return {
    'credential.refresh_token': secret(form.refresh_token),
    'credential.client_id': sso ? required(form.client_id) : undefined,
    'credential.client_secret': sso ? required(form.client_secret) : undefined,
    'credential.start_url': httpUrl(form.start_url),
  }
}

function secret(value: string): Problem | undefined {
  return required(value) ?? optionalSecret(value)
}

function optionalSecret(value: string): Problem | undefined {
  return /\s/.test(value.trim()) ? { key: 'form.noSpaces' } : undefined
}

/** What is sent; the credential only when one was typed, an empty name not at all. */
export function accountInput(form: AccountForm, provider: Provider): AccountInput {
  const byKey = provider !== 'kiro' || form.auth_method === 'api_key'
  const credential = byKey ? apiKey(form) : tokens(form)
  const name = form.name.trim()
  return {
    ...(name && { name }),
    priority: form.priority ?? 0,
    weight: form.weight ?? 1,
    max_concurrency: form.max_concurrency ?? 0,
    rpm: form.rpm ?? 0,
    proxy_url: form.proxy_url.trim(),
    models: form.models,
    tags: form.tags,
    enabled: form.enabled,
    daily_share: form.daily_share ?? 0,
    active_hours: { from: form.hours_from.trim(), to: form.hours_to.trim(), time_zone: form.hours_from.trim() ? timeZone() : '' },
    budget: {
      period: form.budget_period,
      ...(form.budget_tokens !== null && { tokens: form.budget_tokens }),
      ...(form.budget_requests !== null && { requests: form.budget_requests }),
      ...(form.budget_cost_usd !== null && { cost_usd: form.budget_cost_usd }),
    },
    ...(credential && { credential }),
    ...(hasReports(provider) && adminKey(form)),
  }
}

/** The key when one was typed, nothing when the stored one is to go. */
function adminKey(form: AccountForm): Pick<AccountInput, 'admin_key'> {
  const key = form.admin_key.trim()
  if (key) return { admin_key: key }
  return form.remove_admin_key ? { admin_key: '' } : {}
}

function apiKey(form: AccountForm): Credential | undefined {
  const key = form.api_key.trim()
  return key ? { api_key: key } : undefined
}

function tokens(form: AccountForm): Credential | undefined {
  if (form.refresh_token.trim() === '') return undefined
  const sso = form.auth_method !== 'social'
  const all: Credential = {
    refresh_token: form.refresh_token.trim(),
    auth_method: form.auth_method,
    region: form.region.trim(),
    profile_arn: form.profile_arn.trim(),
    ...(sso && { client_id: form.client_id.trim(), client_secret: form.client_secret.trim() }),
    ...(form.auth_method === 'idc' && { start_url: form.start_url.trim() }),
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''))
}
