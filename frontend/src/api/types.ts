/**
 * The JSON of the admin API. Names and meanings are those of the HTTP contract;
 * both doors (HTTP and the window's bindings) speak exactly these shapes.
 */

export type Provider = 'openai' | 'anthropic' | 'gemini' | 'kiro'
export type ChannelApi = 'auto' | 'chat' | 'responses'
export type Policy = 'weighted' | 'least_busy' | 'fill_first' | 'quota_aware'
export type AccountState =
  | 'ready'
  | 'cooling'
  | 'exhausted'
  | 'needs_login'
  | 'suspended'
  | 'disabled'
export type Period = 'total' | 'day' | 'week' | 'month' | '5h'
export type Outcome =
  | 'ok'
  | 'upstream_error'
  | 'bad_request'
  | 'rejected'
  | 'client_gone'
  | 'interrupted'
  | 'in_flight'
export type Protocol = 'openai' | 'responses' | 'anthropic' | 'gemini' | 'kiro'
export type UsageSource = 'reported' | 'counted' | 'estimated'

export const providers: readonly Provider[] = ['openai', 'anthropic', 'gemini', 'kiro']
export const channelApis: readonly ChannelApi[] = ['auto', 'chat', 'responses']
export const policies: readonly Policy[] = ['weighted', 'least_busy', 'fill_first', 'quota_aware']
export const periods: readonly Period[] = ['total', 'month', 'week', 'day', '5h']
export const outcomes: readonly Outcome[] = [
  'in_flight',
  'ok',
  'upstream_error',
  'bad_request',
  'rejected',
  'client_gone',
  'interrupted',
]

export interface List<T> {
  items: T[]
  next_cursor?: string
}

export interface Channel {
  id: string
  name: string
  provider: Provider
  base_url: string
  api: ChannelApi
  models: string[]
  aliases: Record<string, string>
  priority: number
  weight: number
  policy: Policy
  headers: Record<string, string>
  proxy_url: string
  price_multiplier: number
  enabled: boolean
  created_at: string
  updated_at: string
  /** How many accounts it has. */
  accounts: number
}

/** What a person may set of a channel; absent fields keep their value. */
export type ChannelInput = Partial<Omit<Channel, 'id' | 'created_at' | 'updated_at' | 'accounts'>>

export interface Credential {
  api_key?: string
  refresh_token?: string
  access_token?: string
  client_id?: string
  client_secret?: string
  auth_method?: string
  region?: string
  start_url?: string
  profile_arn?: string
  expires_at?: string
}

export interface Cooldown {
  model: string
  until: string
  reason: string
}

export interface UsagePart {
  name: string
  used: number
  limit: number
  expires_at?: string
}

/** What the provider says an account has consumed, in the provider's own unit. */
export interface AccountUsage {
  unit: string
  used: number
  limit: number
  remaining: number
  resets_at?: string
  fetched_at: string
  parts?: UsagePart[]
}

export interface Account {
  id: string
  channel_id: string
  name: string
  credential_hint: string
  priority: number
  weight: number
  max_concurrency: number
  rpm: number
  proxy_url: string
  models: string[]
  tags: string[]
  enabled: boolean
  state: AccountState
  state_reason: string
  state_until?: string
  cooldowns: Cooldown[]
  usage?: AccountUsage | null
  in_flight: number
  last_used_at?: string
  last_error: string
  created_at: string
  updated_at?: string
}

/** What a person may set of an account. A credential is only ever sent, never answered. */
export type AccountInput = Partial<
  Pick<
    Account,
    | 'name'
    | 'priority'
    | 'weight'
    | 'max_concurrency'
    | 'rpm'
    | 'proxy_url'
    | 'models'
    | 'tags'
    | 'enabled'
  >
> & { credential?: Credential }

export interface ImportRow {
  file?: string
  line: number
  kind: 'api_key' | 'refresh_token' | 'unknown'
  name: string
  valid: boolean
  duplicate_of?: string
  problem?: string
}

export interface ImportResult {
  rows: ImportRow[]
  created: number
  skipped: number
  failed: number
}

export interface ImportFile {
  name: string
  content: string
}

export interface ImportInput {
  content?: string
  files?: ImportFile[]
  dry_run: boolean
}

export interface TestResult {
  ok: boolean
  latency_ms: number
  model: string
  error?: string
}

/** The outcome of a test, and the account as it is after it. */
export type AccountTest = TestResult & Account

export interface Quota {
  period: Period
  tokens?: number
  requests?: number
  cost_usd?: number
}

export interface Used {
  tokens: number
  requests: number
  cost_usd: number
  resets_at?: string
}

export interface Key {
  id: string
  name: string
  prefix: string
  created_at: string
  last_used_at?: string
}

export interface User {
  id: string
  name: string
  enabled: boolean
  quota: Quota
  used: Used
  rpm: number
  tpm: number
  concurrency: number
  models: string[]
  allowed_ips: string[]
  expires_at?: string | null
  keys: Key[]
  created_at: string
  updated_at?: string
}

export type UserInput = Partial<
  Pick<
    User,
    | 'name'
    | 'enabled'
    | 'quota'
    | 'rpm'
    | 'tpm'
    | 'concurrency'
    | 'models'
    | 'allowed_ips'
    | 'expires_at'
  >
>

/** A new user carries the secret of the first key, this once. */
export type CreatedUser = User & { key: string }
/** A new key carries its secret, this once. */
export type CreatedKey = Key & { key: string }

export interface Counts {
  requests: number
  errors: number
  input_tokens: number
  cache_read_tokens: number
  cache_write_tokens: number
  output_tokens: number
  reasoning_tokens: number
  cost_usd: number
}

export interface TrendPoint extends Counts {
  time: string
}

/** The sums of one user, model, channel or account. */
export interface Share extends Counts {
  id: string
  name: string
}

export interface Stats {
  totals: Counts
  trend: TrendPoint[]
  top_users: Share[]
  models: Share[]
  channels: Share[]
  accounts: Share[]
}

export interface StatsQuery {
  days?: number
  user?: string
  model?: string
  channel?: string
}

export interface Attempt {
  channel_id: string
  account_id: string
  status: number
  reason: string
  started_at: string
  duration_ms: number
}

export interface Usage {
  input_tokens: number
  cache_read_tokens: number
  cache_write_tokens: number
  output_tokens: number
  reasoning_tokens: number
  source?: UsageSource
}

export interface LogRecord {
  id: string
  time: string
  user_id: string
  user_name: string
  key_id: string
  client_protocol: Protocol | ''
  upstream_protocol: Protocol | ''
  requested_model: string
  upstream_model: string
  stream: boolean
  channel_id: string
  channel_name: string
  account_id: string
  account_name: string
  status: number
  outcome: Outcome
  error: string
  attempts: Attempt[] | null
  usage: Usage
  cost_usd?: number
  queue_ms: number
  first_byte_ms: number
  duration_ms: number
  request_bytes: number
  response_bytes: number
  user_agent: string
  client_ip: string
  dropped: string[] | null
}

export interface LogFilter {
  limit?: number
  cursor?: string
  user?: string
  account?: string
  channel?: string
  model?: string
  outcome?: Outcome
  since?: string
  until?: string
}

export interface Settings {
  port: number
  max_body_mb: number
  log_days: number
  first_byte_timeout_s: number
  allowed_hosts: string[]
  allowed_origins: string[]
  gateway_autostart: boolean
  close_to_tray: boolean
}

export interface GatewayStatus {
  running: boolean
  url: string
  host: string
  port: number
  error: string
  started_at?: string
  in_flight: number
  version: string
}

export type ConfigKind = 'channel' | 'account' | 'user' | 'key' | 'settings'

/** One entry of the live event log; `seq` grows by one from the start of the program. */
export type HubEvent = { seq: number; time: string } & (
  | { type: 'request'; data: LogRecord }
  | { type: 'config'; data: { kind: ConfigKind; id: string } }
  | { type: 'account'; data: { id: string } }
  | { type: 'gateway'; data: GatewayStatus }
)
