// The wire itself: what no SDK would send, or would not show.
import assert from 'node:assert/strict'
import { Buffer } from 'node:buffer'
import http from 'node:http'
import { test } from 'node:test'
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { Session } from '../session.js'

const session = Session.open()
const json = { 'content-type': 'application/json' }
const bearer = () => ({ ...json, authorization: `Bearer ${session.gateway.key}` })

// The four families: a path with a model, and a smallest body.
const families = {
  chat: ['/v1/chat/completions', (model) => ({ model, messages: [{ role: 'user', content: 'Hi' }] })],
  responses: ['/v1/responses', (model) => ({ model, input: 'Hi', store: false })],
  anthropic: ['/v1/messages', (model) => ({ model, max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }] })],
  gemini: [(model) => `/v1beta/models/${model}:generateContent`, () => ({ contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] })],
}
const own = { chat: 'gpt-5.1', responses: 'gpt-5.1', anthropic: 'claude-sonnet-4-6', gemini: 'gemini-3-flash' }
const address = (family, model) => (typeof families[family][0] === 'string' ? families[family][0] : families[family][0](model))

function send(family, { model = own[family], headers = bearer(), body, query = '' } = {}) {
  return session.fetch(session.gateway.url + address(family, model) + query, {
    method: 'POST', headers, body: body ?? JSON.stringify(families[family][1](model)),
  })
}

// raw sends what fetch would not let through, and returns status and body.
function raw(path, { method = 'GET', headers = {} } = {}) {
  const url = new URL(session.gateway.url)
  return new Promise((resolve, reject) => {
    const request = http.request({ host: url.hostname, port: url.port, path, method, headers, agent: false }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (d) => { body += d }).on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }))
    })
    request.on('error', reject).end()
  })
}

// dialectOf names the format that an error body has.
function dialectOf(body) {
  const value = typeof body === 'string' ? JSON.parse(body) : body
  if (value.type === 'error') return 'anthropic'
  if (typeof value.error?.status === 'string' && typeof value.error.code === 'number') return 'gemini'
  return typeof value.error?.message === 'string' ? 'openai' : 'none'
}
const dialect = { chat: 'openai', responses: 'openai', anthropic: 'anthropic', gemini: 'gemini' }

for (const family of Object.keys(families)) {
  test(`${family}: the key in each of four places`, async () => {
    const key = session.gateway.key
    for (const headers of [{ authorization: `Bearer ${key}` }, { 'x-api-key': key }, { 'x-goog-api-key': key }]) {
      assert.equal((await send(family, { headers: { ...json, ...headers } })).status, 200, JSON.stringify(Object.keys(headers)))
    }
    assert.equal((await send(family, { headers: json, query: `?key=${key}` })).status, 200)
    const none = await send(family, { headers: json })
    assert.equal(none.status, 401)
    assert.equal(dialectOf(await none.text()), dialect[family])
  })

  test(`${family}: the client's key never leaves the house`, async () => {
    const key = session.gateway.key
    await send(family, { query: `?key=${key}&beta=true`, headers: { ...bearer(), 'x-api-key': key, 'x-goog-api-key': key, cookie: `k=${key}` } })
    const last = await session.gateway.received()
    assert.equal(JSON.stringify(last).includes(key), false)
  })

  test(`${family}: unknown fields pass byte for byte`, async () => {
    const model = own[family]
    const body = JSON.stringify(families[family][1](model)).replace(/}$/, ', "x_odd" :{"b":1.50,"a":[ 12345678901234567890 ],"é":"\\u00e9"} }')
    assert.equal((await send(family, { body })).status, 200)
    const last = await session.gateway.received()
    assert.equal(last.body, body)
  })

  test(`${family}: compressed bodies`, async () => {
    const body = Buffer.from(JSON.stringify(families[family][1](own[family])))
    for (const [coding, pack] of Object.entries({ gzip: gzipSync, br: brotliCompressSync, deflate: deflateSync, zstd: zstdCompressSync })) {
      const answer = await send(family, { headers: { ...bearer(), 'content-encoding': coding }, body: pack(body) })
      assert.equal(answer.status, 200, `${coding}: ${await answer.text()}`)
    }
    const odd = await send(family, { headers: { ...bearer(), 'content-encoding': 'gzip' }, body })
    assert.equal(odd.status, 400)
    assert.equal(dialectOf(await odd.text()), dialect[family])
  })

  test(`${family}: what is no request is refused in the client's format`, async () => {
    for (const body of ['', '{', '[]', '"x"', 'null', '{"model":7}']) {
      const answer = await send(family, { body })
      assert.equal(answer.status, 400, `${body}: ${answer.status}`)
      assert.equal(dialectOf(await answer.text()), dialect[family])
    }
  })

  test(`${family}: a body beyond the limit`, async () => {
    const answer = await send(family, { body: JSON.stringify({ ...families[family][1](own[family]), x_big: 'a'.repeat(70 << 20) }) })
    assert.equal(answer.status, 413)
    assert.equal(dialectOf(await answer.text()), dialect[family])
  })

  test(`${family}: a bomb is found out while it is unpacked`, async () => {
    const body = gzipSync(Buffer.alloc(300 << 20, 32))
    const answer = await send(family, { headers: { ...bearer(), 'content-encoding': 'gzip' }, body })
    assert.equal(answer.status, 413)
  })

  test(`${family}: a wrong path and a wrong method`, async () => {
    const answer = await session.fetch(session.gateway.url + address(family, own[family]) + '/nothing', { method: 'POST', headers: bearer(), body: '{}' })
    assert.equal(answer.status, 404)
    assert.equal(dialectOf(await answer.text()), dialect[family])
  })

  test(`${family}: every answer says where it came from`, async () => {
    const answer = await send(family)
    for (const name of ['x-aihub-request-id', 'x-aihub-account', 'x-aihub-channel', 'x-aihub-model', 'x-aihub-attempts']) {
      assert.ok(answer.headers.get(name), name)
    }
    assert.equal(answer.headers.get('x-aihub-attempts'), '1')
    const row = await session.ended(answer.headers.get('x-aihub-request-id'))
    assert.equal(row.account_id, answer.headers.get('x-aihub-account'))
    assert.equal(row.channel_id, answer.headers.get('x-aihub-channel'))
    assert.ok(row.request_bytes > 0 && row.response_bytes > 0)
  })
}

test("Anthropic's version and betas pass unchanged", async () => {
  const headers = { ...bearer(), 'anthropic-version': '2026-10-21', 'anthropic-beta': 'one-2026-01-01,two-2026-02-02' }
  assert.equal((await send('anthropic', { headers, query: '?beta=true' })).status, 200)
  const last = await session.gateway.received()
  assert.deepEqual(last.headers['Anthropic-Version'], ['2026-10-21'])
  assert.equal(last.headers['Anthropic-Beta'].join(','), 'one-2026-01-01,two-2026-02-02')
})

test('what a tool says of itself does not reach a foreign upstream', async () => {
  const headers = { ...bearer(), 'anthropic-beta': 'one-2026-01-01', 'x-claude-code-session-id': 's', 'x-stainless-lang': 'js', 'x-app': 'cli' }
  const body = JSON.stringify({ ...families.anthropic[1]('gpt-5.1'), safeguards: [{ path: '/home/me' }], metadata: { user_id: 'secret-user' } })
  assert.equal((await send('anthropic', { headers, body })).status, 200)
  const last = await session.gateway.received()
  for (const name of ['Anthropic-Beta', 'X-Claude-Code-Session-Id', 'X-Stainless-Lang', 'X-App']) assert.equal(last.headers[name], undefined, name)
  assert.doesNotMatch(last.body, /\/home\/me|secret-user|safeguards/)
})

test('what an upstream cannot take is named', async () => {
  const body = JSON.stringify({ ...families.chat[1]('claude-sonnet-4-6'), seed: 7, logit_bias: { 1: 1 } })
  const answer = await send('chat', { body })
  assert.equal(answer.status, 200)
  const dropped = answer.headers.get('x-aihub-dropped') ?? ''
  assert.match(dropped, /seed/)
  assert.match(dropped, /logit_bias/)
  assert.deepEqual((await session.ended(answer.headers.get('x-aihub-request-id'))).dropped.sort(), dropped.split(/, */).sort())
})

test('a socket upgrade is told to use HTTP', async () => {
  const headers = { ...bearer(), connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' }
  assert.equal((await raw('/v1/responses', { headers })).status, 426)
})

test('the root answers whoever looks whether it is there', async () => {
  assert.equal((await raw('/', { method: 'HEAD' })).status, 200)
  assert.equal((await raw('/')).status, 200)
  assert.equal((await raw('/healthz')).status, 200)
})

test('a name that is not ours is refused, and so is a foreign page', async () => {
  const { port } = new URL(session.gateway.url)
  for (const path of ['/api/channels', '/v1/models', '/']) {
    assert.equal((await raw(path, { headers: { ...bearer(), host: `evil.example:${port}` } })).status, 403, `host at ${path}`)
  }
  assert.equal((await raw('/', { headers: { host: `localhost:${port}` } })).status, 200)
  const foreign = await raw('/v1/models', { headers: { ...bearer(), origin: 'https://evil.example' } })
  assert.equal(foreign.status, 403)
  assert.equal(foreign.headers['access-control-allow-origin'], undefined)
})

test('models in the shape of whoever asks', async () => {
  const list = async (headers, query = '') => (await session.fetch(session.gateway.url + '/v1/models' + query, { headers: { ...bearer(), ...headers } })).json()
  const plain = await list({})
  assert.equal(plain.object, 'list')
  assert.ok(plain.data.some((m) => m.id === 'gpt-5.1' && m.object === 'model'))
  const claude = await list({ 'anthropic-version': '2023-06-01' }, '?limit=1000')
  assert.ok(claude.data.some((m) => m.id === 'claude-sonnet-4-6' && m.type === 'model' && m.display_name))
  assert.equal(claude.has_more, false)
})
