// Who may call, and how much: keys, users, quotas.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clients } from '../clients.js'
import { Session } from '../session.js'

const session = Session.open()

// status asks and returns 200 or the status of the refusal.
async function status(key, { format = 'chat', model = 'gpt-5.1' } = {}) {
  try {
    await clients[format](session, key).ask(model)
    return 200
  } catch (err) {
    if (!err.status) throw err
    return err.status
  }
}

const user = (fields) => session.gateway.post('/api/users', { name: `user-${crypto.randomUUID().slice(0, 8)}`, ...fields })
const change = (who, fields) => session.gateway.put(`/api/users/${who.id}`, fields)

test('a disabled user is refused at once, and let in again at once', async () => {
  const who = await user()
  assert.equal(await status(who.key), 200)
  await change(who, { enabled: false })
  for (const format of Object.keys(clients)) assert.ok([401, 403].includes(await status(who.key, { format })), format)
  await change(who, { enabled: true })
  assert.equal(await status(who.key), 200)
})

test('a deleted key and a deleted user are out', async () => {
  const who = await user()
  const second = await session.gateway.post(`/api/users/${who.id}/keys`, { name: 'second' })
  assert.equal(await status(second.key), 200)
  await session.gateway.delete(`/api/keys/${second.id}`)
  assert.equal(await status(second.key), 401)
  assert.equal(await status(who.key), 200)
  await session.gateway.delete(`/api/users/${who.id}`)
  assert.equal(await status(who.key), 401)
})

test('an expired user is out', async () => {
  const who = await user({ expires_at: '2020-01-01T00:00:00Z' })
  assert.ok([401, 403].includes(await status(who.key)))
})

test('models that a user may not have', async () => {
  const who = await user({ models: ['claude-*'] })
  assert.equal(await status(who.key, { format: 'anthropic', model: 'claude-sonnet-4-6' }), 200)
  assert.ok([403, 404].includes(await status(who.key)))
})

test('addresses that a user may not come from', async () => {
  assert.equal(await status((await user({ allowed_ips: ['127.0.0.0/8', '::1'] })).key), 200)
  assert.ok([401, 403].includes(await status((await user({ allowed_ips: ['192.0.2.0/24'] })).key)))
})

test('a quota of requests ends with a clear word and a row', async () => {
  const who = await user({ quota: { period: 'day', requests: 2 } })
  assert.deepEqual([await status(who.key), await status(who.key), await status(who.key)], [200, 200, 429])
  const rows = (await session.gateway.settled()).filter((r) => r.user_id === who.id)
  assert.deepEqual(rows.map((r) => r.outcome), ['rejected', 'ok', 'ok'])
  const shown = await session.gateway.admin(`/api/users/${who.id}`)
  assert.equal(shown.used.requests, 2)
})

test('a quota of tokens counts what the ledger counts', async () => {
  const who = await user({ quota: { period: 'total', tokens: 40 } })
  assert.equal(await status(who.key), 200)
  assert.equal(await status(who.key), 429)
  const [, row] = (await session.gateway.settled()).filter((r) => r.user_id === who.id)
  const shown = await session.gateway.admin(`/api/users/${who.id}`)
  assert.equal(shown.used.tokens, row.usage.input_tokens + row.usage.output_tokens)
})

test('too many requests a minute', async () => {
  const who = await user({ rpm: 1 })
  assert.deepEqual([await status(who.key), await status(who.key)], [200, 429])
})

test('no channel for a model, and a channel that is off', async () => {
  assert.equal(await status(session.gateway.key, { model: 'nobody-has-this' }), 404)
  const { model, channel } = await session.gateway.sole('gpt-5.1')
  assert.equal(await status(session.gateway.key, { model }), 200)
  await session.gateway.put(`/api/channels/${channel.id}`, { enabled: false })
  assert.equal(await status(session.gateway.key, { model }), 404)
})

test('a key is shown once and kept as a hash', async () => {
  const who = await user()
  const shown = JSON.stringify(await session.gateway.admin(`/api/users/${who.id}`))
  assert.equal(shown.includes(who.key), false)
  assert.ok(who.key.startsWith(JSON.parse(shown).keys[0].prefix))
})

session.agrees()
