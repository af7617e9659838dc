import type { Api, Listener, Operation, Unsubscribe } from './api'
import { asApiError } from './error'
import type { HubEvent } from './types'

type Bound = (...args: unknown[]) => Promise<unknown>

interface WailsWindow {
  go?: { main?: { App?: Record<string, Bound> } }
  runtime?: { EventsOn?: (name: string, callback: (data: unknown) => void) => Unsubscribe }
}

/** The event by which the program hands its event log to the window. */
const eventName = 'aihub:event'

/** Every operation that the window binds; a test holds it against the HTTP door. */
export const operations = [
  'listChannels',
  'createChannel',
  'findChannel',
  'updateChannel',
  'deleteChannel',
  'testChannel',
  'listAccounts',
  'createAccount',
  'findAccount',
  'updateAccount',
  'deleteAccount',
  'resetAccount',
  'refreshUsage',
  'refreshToken',
  'testAccount',
  'testAccountProxy',
  'testProxy',
  'explain',
  'importAccounts',
  'import',
  'listImportSources',
  'listImports',
  'findImport',
  'cancelImport',
  'undoImport',
  'listLogins',
  'createLogin',
  'findLogin',
  'deleteLogin',
  'listUsers',
  'createUser',
  'findUser',
  'updateUser',
  'deleteUser',
  'createKey',
  'deleteKey',
  'findStats',
  'listLogs',
  'findLog',
  'findLogBody',
  'exportLogs',
  'findStorage',
  'createBackup',
  'restoreBackup',
  'exportConfig',
  'importConfig',
  'listPrices',
  'updatePrice',
  'deletePrice',
  'importPrices',
  'findSettings',
  'updateSettings',
  'testWebhook',
  'findGateway',
  'startGateway',
  'stopGateway',
] as const satisfies readonly Operation[]

/** Reports whether the page runs in the app's own window. */
export function inWindow(scope: unknown = window): boolean {
  return bindings(scope) !== undefined
}

function bindings(scope: unknown): Record<string, Bound> | undefined {
  return (scope as WailsWindow).go?.main?.App
}

/** The admin API over the window's bindings: no key, no network. */
export function createWailsApi(scope: unknown = window): Api {
  const invoke = (operation: Operation) => {
    const method = operation.charAt(0).toUpperCase() + operation.slice(1)
    return async (...args: unknown[]): Promise<unknown> => {
      try {
        const bound = bindings(scope)?.[method]
        if (!bound) throw new Error(`The window does not offer ${method}.`)
        return await bound(...args)
      } catch (cause) {
        throw asApiError(cause)
      }
    }
  }
  const calls = Object.fromEntries(operations.map((name) => [name, invoke(name)]))
  return { ...calls, subscribe: (listener: Listener) => subscribe(scope, listener) } as unknown as Api
}

function subscribe(scope: unknown, listener: Listener): Unsubscribe {
  let seq = 0
  listener.onConnected(true)
  const stop = (scope as WailsWindow).runtime?.EventsOn?.(eventName, (data) => {
    const event = (typeof data === 'string' ? JSON.parse(data) : data) as HubEvent
    if (seq > 0 && event.seq !== seq + 1) listener.onReset()
    seq = event.seq
    listener.onEvent(event)
  })
  return stop ?? (() => undefined)
}
