import { describe, expect, it, vi } from 'vitest'
import { createHttpApi } from './http'

interface Call {
  url: string
  init: RequestInit
}

/** An API over a fetch that answers with the given response and records its calls. */
function over(response: () => Response, onUnauthorized = vi.fn()) {
  const calls: Call[] = []
  const api = createHttpApi({
    key: () => 'secret',
    onUnauthorized,
    fetch: (url, init) => {
      calls.push({ url: url as string, init: init ?? {} })
      return Promise.resolve(response())
    },
  })
  return { api, calls, onUnauthorized }
}

const json = (body: unknown, status = 200, headers = {}) =>
  new Response(JSON.stringify(body), { status, headers })

describe('createHttpApi', () => {
  it('sends the admin key and the body', async () => {
    const { api, calls } = over(() => json({ id: 'chn_1' }))
    await api.updateChannel('a/b', { enabled: false })
    expect(calls[0]).toMatchObject({
      url: 'api/channels/a%2Fb',
      init: { method: 'PUT', body: '{"enabled":false}', headers: { 'X-Admin-Key': 'secret', 'Content-Type': 'application/json' } },
    })
  })

  it('lists the accounts of one channel or of all', async () => {
    const { api, calls } = over(() => json({ items: [] }))
    await api.listAccounts('chn_1')
    await api.listAccounts('')
    expect(calls.map((c) => c.url)).toEqual(['api/channels/chn_1/accounts', 'api/accounts'])
  })

  it('leaves absent filters out of the query', async () => {
    const { api, calls } = over(() => json({ items: [] }))
    await api.listLogs({ limit: 10, user: undefined, model: '', outcome: 'ok' })
    expect(calls[0]?.url).toBe('api/logs?limit=10&outcome=ok')
  })

  it('answers undefined for 204', async () => {
    const { api } = over(() => new Response(null, { status: 204 }))
    await expect(api.deleteUser('usr_1')).resolves.toBeUndefined()
  })

  it('hands a file to the browser under the name that the server gives', async () => {
    const made: { href: string; download: string }[] = []
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
      made.push({ href: this.href, download: this.download })
    })
    const headers = { 'Content-Disposition': 'attachment; filename=requests.csv' }
    const { api, calls } = over(() => new Response('a,b', { headers }))
    await expect(api.exportLogs({ format: 'csv', q: 'limit', user: undefined })).resolves.toBe('requests.csv')
    expect(calls[0]?.url).toBe('api/logs/export?format=csv&q=limit')
    expect(made).toMatchObject([{ download: 'requests.csv' }])
    expect(made[0]?.href).toMatch(/^blob:/)
    vi.restoreAllMocks()
  })

  it('turns a problem document into an ApiError', async () => {
    const problem = { code: 'invalid', detail: 'no name', errors: [{ field: 'name', message: 'no name' }] }
    const { api } = over(() => json(problem, 400))
    await expect(api.createUser({})).rejects.toMatchObject({ code: 'invalid', fields: { name: 'no name' } })
  })

  it('reports a refused key', async () => {
    const { api, onUnauthorized } = over(() => json({ code: 'unauthorized', detail: 'wrong' }, 401))
    await expect(api.findGateway()).rejects.toMatchObject({ code: 'unauthorized' })
    expect(onUnauthorized).toHaveBeenCalledOnce()
  })

  it('reads Retry-After as seconds and as a date', async () => {
    const seconds = over(() => json({}, 429, { 'Retry-After': '42' }))
    await expect(seconds.api.findGateway()).rejects.toMatchObject({ code: 'rate_limited', retryAfter: 42 })
    const date = over(() => json({}, 429, { 'Retry-After': 'Thu, 01 Jan 1970 00:00:00 GMT' }))
    await expect(date.api.findGateway()).rejects.toMatchObject({ retryAfter: 0 })
  })

  it('says when the server cannot be reached', async () => {
    const api = createHttpApi({ key: () => '', fetch: () => Promise.reject(new TypeError('failed')) })
    await expect(api.findGateway()).rejects.toMatchObject({ code: 'unreachable' })
  })

  it('refuses an answer that is not JSON', async () => {
    const { api } = over(() => new Response('<html>'))
    await expect(api.findGateway()).rejects.toMatchObject({ code: 'internal' })
  })
})
