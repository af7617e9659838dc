// What goes wrong, as each SDK tells it: one table of failures for the four
// client formats, passed through and converted.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { clients } from '../clients.js'
import { Session } from '../session.js'

const session = Session.open()
const formats = ['chat', 'responses', 'anthropic', 'gemini']
const upstreams = ['gpt-5.1', 'claude-sonnet-4-6', 'gemini-3-flash']

// fails runs ask and returns what the SDK threw.
async function fails(ask) {
  try {
    const answer = await ask()
    assert.fail(`answered: ${JSON.stringify(answer)}`)
  } catch (err) {
    if (err instanceof assert.AssertionError) throw err
    return err
  }
}

const client = (format, key = session.gateway.key) => clients[format](session, key)

// broken makes a model whose account fails in one way, from now on.
async function broken(upstream, fault) {
  const sole = await session.gateway.sole(upstream)
  await session.gateway.sim('/faults', 'POST', { key: `sk-${sole.model}`, ...fault })
  return sole
}

// outcome is how the ledger tells the last request for a model.
async function outcome(model) {
  const rows = await session.gateway.settled()
  return rows.find((r) => r.requested_model === model)
}

const cases = {
  async 'the upstream finds the request wrong'(format, upstream) {
    const { model, account } = await broken(upstream, { kind: 'status', status: 400, message: 'the sea is not a number' })
    const err = await fails(() => client(format).ask(model))
    assert.equal(err.status, 400)
    assert.match(err.message, /the sea is not a number/)
    assert.equal((await outcome(model)).outcome, 'bad_request')
    const after = await session.gateway.admin(`/api/accounts/${account.id}`)
    assert.equal(after.state, 'ready', "a client's fault burns no account")
  },

  async 'the upstream limits the rate'(format, upstream) {
    const { model, account } = await broken(upstream, { kind: 'status', status: 429, retry_after: 90 })
    const err = await fails(() => client(format).ask(model))
    assert.equal(err.status, 429)
    if (err.headers?.get) assert.ok(Number(err.headers.get('retry-after')) >= 1, 'retry-after')
    assert.equal((await outcome(model)).outcome, 'upstream_error')
    const after = await session.gateway.admin(`/api/accounts/${account.id}`)
    const until = after.state === 'cooling' ? after.state_until : after.cooldowns[0]?.until
    assert.ok(Date.parse(until) > Date.now(), 'the account rests, or the model of it')
  },

  async "the upstream refuses the gateway's own key"(format, upstream) {
    const { model, account } = await session.gateway.sole(upstream, { key: `sk-invalid-${crypto.randomUUID()}` })
    const err = await fails(() => client(format).ask(model))
    assert.ok([502, 503].includes(err.status), `status ${err.status}`)
    const after = await session.gateway.admin(`/api/accounts/${account.id}`)
    assert.equal(after.state, 'needs_login')
  },

  async 'the upstream is down'(format, upstream) {
    const { model } = await session.gateway.sole(upstream, { url: 'http://127.0.0.1:9' })
    const err = await fails(() => client(format).ask(model))
    assert.ok([502, 503].includes(err.status), `status ${err.status}`)
    assert.doesNotMatch(err.message, /127\.0\.0\.1/, 'no address of an upstream')
    assert.equal((await outcome(model)).outcome, 'upstream_error')
  },

  async 'an error inside the stream, before any content'(format, upstream) {
    const { model } = await broken(upstream, { kind: 'stream_error', status: 529 })
    await fails(() => client(format).stream(model))
    assert.equal((await outcome(model)).outcome, 'upstream_error')
  },

  async 'an error inside the stream, after content'(format, upstream) {
    const { model } = await broken(upstream, { kind: 'stream_error', status: 529, chunks: 3 })
    await fails(() => client(format).stream(model))
    const row = await outcome(model)
    assert.equal(row.outcome, 'upstream_error')
    assert.notEqual(row.error, '')
  },

  async 'a stream that is cut'(format, upstream) {
    const { model } = await broken(upstream, { kind: 'cut', chunks: 3 })
    await fails(() => client(format).stream(model))
    assert.equal((await outcome(model)).outcome, 'upstream_error')
  },

  async 'a stream that the client leaves'(format, upstream) {
    const { model } = await broken(upstream, { kind: 'slow_chunks', delay_ms: 20 })
    await client(format).leave(model)
    const row = await outcome(model)
    assert.equal(row.outcome, 'client_gone')
    assert.ok(row.usage.output_tokens > 0, 'what was read is counted')
    assert.equal(row.usage.source, 'estimated')
  },
}

for (const format of formats) {
  describe(format, () => {
    for (const upstream of upstreams) {
      for (const [name, run] of Object.entries(cases)) test(`${upstream}: ${name}`, () => run(format, upstream))
    }

    test('a wrong key', async () => {
      const err = await fails(() => client(format, 'sk-not-a-key').ask('gpt-5.1'))
      assert.equal(err.status, 401)
      if (err.headers?.get) assert.equal(err.headers.get('x-should-retry'), 'false')
    })

    test('an unknown model', async () => {
      const err = await fails(() => client(format).ask('no-such-model'))
      assert.equal(err.status, 404)
      assert.match(err.message, /no-such-model/)
      assert.equal((await outcome('no-such-model')).outcome, 'bad_request')
    })
  })
}

test('every refusal has its row, and none counts as an answer', async () => {
  const rows = await session.gateway.settled()
  const missing = [...session.sent].filter((id) => !rows.some((r) => r.id === id))
  assert.deepEqual(missing, [])
  const { total } = await session.gateway.sim('/stats')
  const answered = rows.filter((r) => r.outcome === 'ok')
  assert.equal(answered.length, total.answered)
})
