/** The stable codes of errors, and `unreachable` for a server that gave no answer. */
export type ErrorCode =
  | 'invalid'
  | 'unauthorized'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'too_large'
  | 'rate_limited'
  | 'quota'
  | 'unavailable'
  | 'upstream'
  | 'not_supported'
  | 'internal'
  | 'unreachable'

const codes: readonly string[] = [
  'invalid',
  'unauthorized',
  'forbidden',
  'not_found',
  'conflict',
  'too_large',
  'rate_limited',
  'quota',
  'unavailable',
  'upstream',
  'not_supported',
  'internal',
  'unreachable',
]

/** Every failure of an Api call, whichever door it went through. */
export class ApiError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    /** JSON name of a field -> what is wrong with it. */
    readonly fields: Readonly<Record<string, string>> = {},
    /** Seconds to wait before another try; 0 when the server named none. */
    readonly retryAfter = 0,
  ) {
    super(message)
    this.name = 'ApiError'
  }
}

interface Problem {
  code?: unknown
  title?: unknown
  detail?: unknown
  field?: unknown
  errors?: unknown
}

const codeOfStatus: Readonly<Record<number, ErrorCode>> = {
  400: 'invalid',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
  413: 'too_large',
  422: 'invalid',
  429: 'rate_limited',
  501: 'not_supported',
  502: 'upstream',
  503: 'unavailable',
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

/** `body.quota.tokens` and `/quota/tokens` both mean the field `quota.tokens`. */
function fieldName(location: string): string {
  return location
    .replaceAll('/', '.')
    .replace(/^\.+/, '')
    .replace(/^body\./, '')
    .replace(/\[\d+\]/g, '')
}

function fieldsOf(problem: Problem, message: string): Record<string, string> {
  const fields: Record<string, string> = {}
  if (text(problem.field)) fields[fieldName(text(problem.field))] = message
  for (const entry of Array.isArray(problem.errors) ? problem.errors : []) {
    if (!isObject(entry)) continue
    const location = text(entry.location) || text(entry.field)
    if (location) fields[fieldName(location)] ??= text(entry.message) || message
  }
  return fields
}

/** Reads a problem document (RFC 9457); anything else becomes the error of its status. */
export function errorFromProblem(body: unknown, status: number, retryAfter = 0): ApiError {
  const problem: Problem = isObject(body) ? body : {}
  const message = text(problem.detail) || text(problem.title) || `HTTP ${status}`
  const code = codes.includes(text(problem.code))
    ? (problem.code as ErrorCode)
    : (codeOfStatus[status] ?? 'internal')
  return new ApiError(code, message, fieldsOf(problem, message), retryAfter)
}

/** Makes an ApiError of whatever was thrown; the window's bindings throw text or JSON. */
export function asApiError(cause: unknown): ApiError {
  if (cause instanceof ApiError) return cause
  if (typeof cause === 'string') {
    const parsed = parseJson(cause)
    return isObject(parsed) ? fromBinding(parsed) : new ApiError('internal', cause)
  }
  if (cause instanceof Error) return new ApiError('internal', cause.message)
  return isObject(cause) ? fromBinding(cause) : new ApiError('internal', String(cause))
}

/** A binding's error names its text `message`, the HTTP door names it `detail`. */
function fromBinding(error: Record<string, unknown>): ApiError {
  return errorFromProblem({ ...error, detail: text(error.detail) || text(error.message) }, 0)
}

function parseJson(source: string): unknown {
  try {
    return JSON.parse(source)
  } catch {
    return undefined
  }
}
