import type { Api } from './api'
import { createHttpApi, type HttpOptions } from './http'
import { createWailsApi, inWindow } from './wails'

/** Picks the door: the bindings in the app's window, HTTP everywhere else. */
export function createApi(options: HttpOptions): Api {
  return inWindow() ? createWailsApi() : createHttpApi(options)
}

export { inWindow } from './wails'
export { ApiError, asApiError } from './error'
export type { Api } from './api'
