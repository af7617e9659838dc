import type {
  Account,
  AccountImport,
  AccountInput,
  AccountTest,
  BackupRequest,
  Channel,
  ChannelInput,
  CreatedKey,
  ConfigFile,
  ConfigImport,
  CreatedUser,
  ExplainRequest,
  Explanation,
  ExportRequest,
  GatewayStatus,
  HubEvent,
  ImportInput,
  ImportResult,
  ImportSource,
  ImportUndo,
  List,
  LogBody,
  LogFilter,
  Login,
  LoginInput,
  LogRecord,
  Price,
  PriceImport,
  PriceImportResult,
  PriceInput,
  PriceList,
  ProxyTest,
  ProxyTestRequest,
  RestoreRequest,
  RestoreResult,
  Settings,
  Stats,
  StatsQuery,
  Storage,
  TestResult,
  User,
  UserInput,
  WebhookTest,
} from './types'

/** What a subscriber hears: events in order, and what the connection does. */
export interface Listener {
  onEvent(event: HubEvent): void
  /** Events were missed: everything that was loaded before may be stale. */
  onReset(): void
  /** False while the server cannot be reached. */
  onConnected(connected: boolean): void
}

export type Unsubscribe = () => void

/**
 * Every operation of the program. The pages know only this; it is implemented
 * over HTTP for the browser and over the bindings for the window. Every method
 * rejects with an ApiError and nothing else.
 */
export interface Api {
  listChannels(): Promise<List<Channel>>
  createChannel(channel: ChannelInput): Promise<Channel>
  findChannel(id: string): Promise<Channel>
  updateChannel(id: string, channel: ChannelInput): Promise<Channel>
  deleteChannel(id: string): Promise<void>
  testChannel(id: string): Promise<TestResult>

  /** The accounts of one channel, or of all when the id is empty. */
  listAccounts(channelId: string): Promise<List<Account>>
  createAccount(channelId: string, account: AccountInput): Promise<Account>
  findAccount(id: string): Promise<Account>
  updateAccount(id: string, account: AccountInput): Promise<Account>
  deleteAccount(id: string): Promise<void>
  resetAccount(id: string): Promise<Account>
  refreshUsage(id: string): Promise<Account>
  refreshToken(id: string): Promise<Account>
  testAccount(id: string): Promise<AccountTest>
  /** Opens a connection in the way of the account's requests; no credential is sent. */
  testAccountProxy(id: string): Promise<ProxyTest>
  /** The same through a proxy that is not saved yet. */
  testProxy(request: ProxyTestRequest): Promise<ProxyTest>
  /** Which account would serve a request, and why no other; nothing is sent. */
  explain(request: ExplainRequest): Promise<Explanation>
  importAccounts(channelId: string, input: ImportInput): Promise<ImportResult>
  import(input: ImportInput): Promise<ImportResult>
  listImportSources(): Promise<List<ImportSource>>
  listImports(): Promise<List<AccountImport>>
  findImport(id: string): Promise<AccountImport>
  cancelImport(id: string): Promise<AccountImport>
  undoImport(id: string): Promise<ImportUndo>

  /** Device sign-ins that are under way or ended not long ago, the newest first. */
  listLogins(): Promise<List<Login>>
  createLogin(login: LoginInput): Promise<Login>
  findLogin(id: string): Promise<Login>
  /** Cancels a sign-in, or removes one that has ended. */
  deleteLogin(id: string): Promise<void>

  listUsers(): Promise<List<User>>
  createUser(user: UserInput): Promise<CreatedUser>
  findUser(id: string): Promise<User>
  updateUser(id: string, user: UserInput): Promise<User>
  deleteUser(id: string): Promise<void>
  createKey(userId: string, key: { name: string }): Promise<CreatedKey>
  deleteKey(id: string): Promise<void>

  findStats(query: StatsQuery): Promise<Stats>
  listLogs(filter: LogFilter): Promise<List<LogRecord>>
  findLog(id: string): Promise<LogRecord>
  /** The bodies that were kept of a request. */
  findLogBody(id: string): Promise<LogBody>
  /** Writes the ended requests to a file and resolves to its name; '' when the person changed their mind. */
  exportLogs(request: ExportRequest): Promise<string>

  findStorage(): Promise<Storage>
  /** Writes everything, encrypted, to a file and resolves to its name; '' when the person changed their mind. */
  createBackup(request: BackupRequest): Promise<string>
  /** Checks a backup and lets it replace everything. The window asks for the file itself. */
  restoreBackup(request: RestoreRequest, file?: Blob): Promise<RestoreResult>
  /** Saves the configuration without secrets as a file; its name, or "" when the person has changed their mind. */
  exportConfig(): Promise<string>
  importConfig(config: ConfigFile, dryRun: boolean): Promise<ConfigImport>

  listPrices(): Promise<PriceList>
  updatePrice(model: string, price: PriceInput): Promise<Price>
  deletePrice(model: string): Promise<void>
  importPrices(input: PriceImport): Promise<PriceImportResult>

  findSettings(): Promise<Settings>
  updateSettings(settings: Partial<Settings>): Promise<Settings>
  testWebhook(): Promise<WebhookTest>
  findGateway(): Promise<GatewayStatus>
  startGateway(): Promise<GatewayStatus>
  stopGateway(): Promise<GatewayStatus>

  /** Live events from now on. */
  subscribe(listener: Listener): Unsubscribe
}

/** The name of an operation, without `subscribe`. */
export type Operation = Exclude<keyof Api, 'subscribe'>
