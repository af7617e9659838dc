/**
 * The names by which the pages know the JSON of the admin API. The shapes come
 * from schema.d.ts, which `npm run gen:api` makes of the server's own document;
 * both doors (HTTP and the window's bindings) speak exactly these.
 */
import type { components } from './schema'

type Schemas = components['schemas']

/** What a person may set: the schema without the read-only fields of the answer. */
type Settable<T> = { [K in keyof T as unknown extends T[K] ? never : K]: T[K] }

export type Channel = Schemas['Channel']
/** Absent fields keep their value. */
export type ChannelInput = Settable<Schemas['ChannelInput']>
export type Provider = Channel['provider']
export type ChannelApi = Channel['api']
export type Policy = Channel['policy']

export type Account = Schemas['Account']
/** A credential is only ever sent, never answered; absent fields keep their value. */
export type AccountInput = Settable<Schemas['AccountInput']>
export type AccountState = Account['state']
export type AccountUsage = Schemas['AccountUsage']
/** The outcome of a test, and the account as it is after it. */
export type AccountTest = Schemas['AccountTest']
export type Credential = Schemas['Credential']
export type TestResult = Schemas['TestResult']

/** A connection that was opened through a proxy, or the step at which it failed. */
export type ProxyTest = Schemas['ProxyTest']
export type ProxyTestRequest = Settable<Schemas['ProxyTestRequest']>

/** Which account would serve a request, and why each other would not. */
export type Explanation = Schemas['Explanation']
export type ExplainRequest = Settable<Schemas['ExplainRequest']>
/** What a choice says of one account, or of a whole channel. */
export type ChoiceLine = Schemas['ChoiceLine']
export type ClientProtocol = NonNullable<ExplainRequest['protocol']>

export type ImportInput = Schemas['ImportRequest']
export type ImportFile = Schemas['ImportFile']
export type ImportResult = Schemas['ImportResult']
export type ImportRow = Schemas['ImportRow']
export type ImportReason = NonNullable<ImportRow['reason']>
export type ImportGroup = Schemas['ImportGroup']
export type ImportSource = Schemas['ImportSource']
export type ImportUndo = Schemas['ImportUndo']
/** One import: what it made, and how the verification of it goes. */
export type AccountImport = Schemas['Import']
export type OnFailure = NonNullable<ImportInput['on_failure']>
/** How far the verification of an import is. */
export type ImportProgress = Pick<AccountImport, 'id' | 'state' | 'total' | 'done' | 'ok' | 'failed'>

/** A device sign-in: the code for the person, and how far it has come. */
export type Login = Schemas['Login']
export type LoginInput = Settable<Schemas['LoginInput']>
export type LoginKind = Login['kind']
export type LoginState = Login['state']

export type User = Schemas['User']
export type UserInput = Settable<Schemas['UserInput']>
export type Period = User['quota']['period']
export type GoneMode = User['on_client_gone']['mode']
export type Key = Schemas['Key']
/** A new user carries the secret of the first key, this once. */
export type CreatedUser = Schemas['NewUser']
/** A new key carries its secret, this once. */
export type CreatedKey = Schemas['NewKey']

export type Stats = Schemas['Stats']
export type Counts = Schemas['Counts']
export type TrendPoint = Schemas['TrendPoint']
export type Latency = Schemas['Latency']
export interface StatsQuery {
  days?: number
  user?: string
  model?: string
  channel?: string
  time_zone?: string
}

export type Attempt = Schemas['Attempt']
export type Usage = Schemas['Usage']
export type UsageSource = NonNullable<Usage['source']>
export type Outcome = Schemas['Record']['outcome']
/** A row of the ledger. In an event its lists may be null, in an answer they are not. */
export type LogRecord = Omit<Schemas['Record'], 'attempts' | 'dropped'> & {
  attempts: Attempt[] | null
  dropped: string[] | null
}
/** What was kept of the bodies of a request. */
export type LogBody = Schemas['Capture']
export type BodyPart = LogBody['truncated'][number]
export interface LogFilter {
  limit?: number
  cursor?: string
  user?: string
  account?: string
  channel?: string
  model?: string
  outcome?: Outcome
  /** Words that all stand in the models or errors. */
  q?: string
  since?: string
  until?: string
}
export type ExportFormat = 'csv' | 'jsonl'
export type ExportRequest = Omit<LogFilter, 'limit' | 'cursor'> & { format: ExportFormat }

export type Price = Schemas['Price']
export type PriceList = Schemas['PriceList']
export type PriceInput = Settable<Schemas['PriceInput']>
export type PriceImport = Settable<Schemas['PriceImport']>
export type PriceImportResult = Schemas['PriceImportResult']

export type Storage = Schemas['Storage']
export type BackupRequest = Schemas['BackupRequest']
export interface RestoreRequest {
  passphrase: string
  dry_run?: boolean
}
export type RestoreResult = Schemas['RestoreResult']
export type ConfigFile = Schemas['ConfigFile']
export type ConfigImport = Schemas['ConfigImport']

export type Settings = Schemas['Settings']
export type CaptureMode = Settings['capture']
export type WebhookTest = Schemas['WebhookTest']
export type GatewayStatus = Schemas['GatewayStatus']

export interface List<T> {
  items: T[]
  next_cursor?: string
}

/** One entry of the live event log; `seq` grows by one from the start of the program. */
export type HubEvent = { seq: number; time: string } & (
  | { type: 'request'; data: LogRecord }
  | { type: 'config'; data: { kind: 'channel' | 'account' | 'user' | 'key' | 'settings'; id: string } }
  | { type: 'account'; data: { id: string } }
  | { type: 'gateway'; data: GatewayStatus }
  | { type: 'import'; data: ImportProgress }
  | { type: 'login'; data: Login }
  | { type: 'alert'; data: { event: string; text: string } }
)

// The values of the enumerations, in the order in which they are offered.
export const providers: readonly Provider[] = ['openai', 'anthropic', 'gemini', 'kiro']
export const channelApis: readonly ChannelApi[] = ['auto', 'chat', 'responses']
export const loginKinds: readonly LoginKind[] = ['builder_id', 'identity_center', 'google', 'github']
export const policies: readonly Policy[] = ['weighted', 'least_busy', 'fill_first', 'quota_aware']
export const clientProtocols: readonly ClientProtocol[] = ['openai', 'responses', 'anthropic', 'gemini']
export const goneModes: readonly GoneMode[] = ['cut', 'drain', 'drain_for']
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
