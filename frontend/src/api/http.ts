import type { Api, Listener, Unsubscribe } from './api'
import { ApiError, errorFromProblem } from './error'
import { EventStream } from './stream'
import type { RestoreRequest, RestoreResult } from './types'

/** How the HTTP door is reached. */
export interface HttpOptions {
  /** The admin key at the moment of a call. */
  key: () => string
  /** Called when the server refuses the key. */
  onUnauthorized?: () => void
  /** Where the API lives; relative to the page by default. */
  base?: string
  fetch?: typeof fetch
}

type Query = Record<string, string | number | undefined>

/** The admin API over HTTP, for the browser. */
export function createHttpApi(options: HttpOptions): Api {
  const call = caller(options)
  const get = <T>(path: string, query?: Query) => call<T>('GET', path, undefined, query)
  const post = <T>(path: string, body?: unknown) => call<T>('POST', path, body)
  const put = <T>(path: string, body: unknown) => call<T>('PUT', path, body)
  const remove = (path: string) => call<undefined>('DELETE', path)
  const fetchFile = downloader(options)

  return {
    listChannels: () => get('/channels'),
    createChannel: (channel) => post('/channels', channel),
    findChannel: (id) => get(`/channels/${seg(id)}`),
    updateChannel: (id, channel) => put(`/channels/${seg(id)}`, channel),
    deleteChannel: (id) => remove(`/channels/${seg(id)}`),
    testChannel: (id) => post(`/channels/${seg(id)}/test`),

    listAccounts: (id) => get(id ? `/channels/${seg(id)}/accounts` : '/accounts'),
    createAccount: (id, account) => post(`/channels/${seg(id)}/accounts`, account),
    findAccount: (id) => get(`/accounts/${seg(id)}`),
    updateAccount: (id, account) => put(`/accounts/${seg(id)}`, account),
    deleteAccount: (id) => remove(`/accounts/${seg(id)}`),
    resetAccount: (id) => post(`/accounts/${seg(id)}/reset`),
    refreshUsage: (id) => post(`/accounts/${seg(id)}/refresh-usage`),
    refreshToken: (id) => post(`/accounts/${seg(id)}/refresh-token`),
    testAccount: (id) => post(`/accounts/${seg(id)}/test`),
    testAccountProxy: (id) => post(`/accounts/${seg(id)}/test-proxy`),
    testProxy: (request) => post('/proxy/test', request),
    explain: (request) => post('/explain', request),
    importAccounts: (id, input) => post(`/channels/${seg(id)}/accounts/import`, input),
    import: (input) => post('/import', input),
    listImportSources: () => get('/import/sources'),
    listImports: () => get('/imports'),
    findImport: (id) => get(`/imports/${seg(id)}`),
    cancelImport: (id) => post(`/imports/${seg(id)}/cancel`),
    undoImport: (id) => post(`/imports/${seg(id)}/undo`),

    listLogins: () => get('/logins'),
    createLogin: (login) => post('/logins', login),
    findLogin: (id) => get(`/logins/${seg(id)}`),
    deleteLogin: (id) => remove(`/logins/${seg(id)}`),

    listUsers: () => get('/users'),
    createUser: (user) => post('/users', user),
    findUser: (id) => get(`/users/${seg(id)}`),
    updateUser: (id, user) => put(`/users/${seg(id)}`, user),
    deleteUser: (id) => remove(`/users/${seg(id)}`),
    createKey: (id, key) => post(`/users/${seg(id)}/keys`, key),
    deleteKey: (id) => remove(`/keys/${seg(id)}`),

    findStats: (query) => get('/stats', { ...query }),
    listLogs: (filter) => get('/logs', { ...filter }),
    findLog: (id) => get(`/logs/${seg(id)}`),
    findLogBody: (id) => get(`/logs/${seg(id)}/body`),
    exportLogs: (request) => fetchFile('GET', '/logs/export', undefined, { ...request }),

    findStorage: () => get('/storage'),
    createBackup: (request) => fetchFile('POST', '/backup', request),
    restoreBackup: (request, file) => restore(options, request, file),
    exportConfig: () => fetchFile('GET', '/config/export'),
    importConfig: (config, dryRun) => post(`/config/import${dryRun ? '?dry_run=true' : ''}`, config),

    listPrices: () => get('/prices'),
    updatePrice: (model, price) => put(`/prices/${seg(model)}`, price),
    deletePrice: (model) => remove(`/prices/${seg(model)}`),
    importPrices: (input) => post('/prices/import', input),

    findSettings: () => get('/settings'),
    updateSettings: (settings) => put('/settings', settings),
    testWebhook: () => post('/settings/test-webhook'),
    findGateway: () => get('/gateway'),
    startGateway: () => post('/gateway/start'),
    stopGateway: () => post('/gateway/stop'),

    subscribe: (listener) => subscribe(options, listener),
  }
}

const seg = encodeURIComponent

function caller(options: HttpOptions) {
  return async <T>(method: string, path: string, body?: unknown, query: Query = {}): Promise<T> => {
    const headers: Record<string, string> = { Accept: 'application/json' }
    if (body !== undefined) headers['Content-Type'] = 'application/json'
    const response = await send(options, path + search(query), {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    return answer<T>(response)
  }
}

/** Sends the form of a restore, with the file last: the server reads it as it comes. */
async function restore(options: HttpOptions, request: RestoreRequest, file?: Blob): Promise<RestoreResult> {
  const form = new FormData()
  form.append('passphrase', request.passphrase)
  form.append('dry_run', String(request.dry_run ?? false))
  if (file) form.append('file', file, 'backup')
  return answer(await send(options, '/restore', { method: 'POST', body: form }))
}

/** Fetches a file, hands it to the browser to keep, and returns its name. */
function downloader(options: HttpOptions) {
  return async (method: string, path: string, body?: unknown, query: Query = {}): Promise<string> => {
    const headers: Record<string, string> = {}
    if (body !== undefined) headers['Content-Type'] = 'application/json'
    const text = body === undefined ? undefined : JSON.stringify(body)
    const response = await send(options, path + search(query), { method, headers, body: text })
    const name = /filename="?([^";]+)"?/.exec(response.headers.get('Content-Disposition') ?? '')?.[1] ?? 'aihub'
    const blob = await whole(response)
    keep(blob, name)
    return name
  }
}

/** The file of a response; one whose connection broke off is refused. */
async function whole(response: Response): Promise<Blob> {
  try {
    return await response.blob()
  } catch (cause) {
    throw new ApiError('unreachable', cause instanceof Error ? cause.message : String(cause))
  }
}

function keep(blob: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}

async function send(options: HttpOptions, path: string, init: RequestInit): Promise<Response> {
  const headers = { ...init.headers, 'X-Admin-Key': options.key() }
  const response = await reach(options, path, { ...init, headers })
  if (response.ok) return response
  if (response.status === 401) options.onUnauthorized?.()
  throw errorFromProblem(await json(response), response.status, retryAfter(response))
}

async function reach(options: HttpOptions, path: string, init: RequestInit): Promise<Response> {
  try {
    return await (options.fetch ?? fetch)((options.base ?? 'api') + path, init)
  } catch (cause) {
    throw new ApiError('unreachable', cause instanceof Error ? cause.message : String(cause))
  }
}

async function answer<T>(response: Response): Promise<T> {
  if (response.status === 204) return undefined as T
  const body = await json(response)
  if (body === undefined) throw new ApiError('internal', 'The answer is not JSON.')
  return body as T
}

async function json(response: Response): Promise<unknown> {
  try {
    return await response.json()
  } catch {
    return undefined
  }
}

function search(query: Query): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') params.set(name, String(value))
  }
  return params.size > 0 ? `?${params}` : ''
}

/** Seconds from a Retry-After header, which is a number or a date. */
function retryAfter(response: Response): number {
  const header = response.headers.get('Retry-After')
  if (!header) return 0
  const seconds = Number(header)
  if (Number.isFinite(seconds)) return Math.max(0, Math.ceil(seconds))
  const date = Date.parse(header)
  return Number.isNaN(date) ? 0 : Math.max(0, Math.ceil((date - Date.now()) / 1000))
}

function subscribe(options: HttpOptions, listener: Listener): Unsubscribe {
  const stream = new EventStream(async (since, signal) => {
    const response = await reach(options, `/events${search({ since })}`, {
      headers: { Accept: 'text/event-stream', 'X-Admin-Key': options.key() },
      cache: 'no-store',
      signal,
    })
    if (response.status === 401) options.onUnauthorized?.()
    return response
  }, listener)
  return stream.start()
}
