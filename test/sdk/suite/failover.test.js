// A second account takes over as long as the answer has not begun.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { clients } from '../clients.js'
import { Session } from '../session.js'

const session = Session.open()
const faults = {
  'a limit': { kind: 'status', status: 429 },
  'an exhausted account': { kind: 'quota' },
  'a fault of the provider': { kind: 'status', status: 500 },
  'an overloaded provider': { kind: 'status', status: 529 },
  "a proxy's page": { kind: 'status', status: 502 },
  'a dropped connection': { kind: 'drop' },
}

// pair makes a model that two accounts serve: the first is preferred and
// spoiled, the second is sound.
async function pair(upstream, spoil) {
  const g = session.gateway
  const { model, channel, account } = await g.sole(upstream, { account: { priority: 10 } })
  const spare = await g.post(`/api/channels/${channel.id}/accounts`, { name: 'spare', credential: { api_key: `sk-spare-${model}` }, priority: 1 })
  await spoil(model, account)
  return { model, first: account, spare }
}

async function takenOver(format, way, { model, first, spare }) {
  const text = await clients[format](session, session.gateway.key)[way](model)
  assert.ok(text.length > 0)
  const row = (await session.gateway.settled()).find((r) => r.requested_model === model)
  assert.equal(row.outcome, 'ok')
  assert.equal(row.account_id, spare.id)
  assert.deepEqual(row.attempts.map((a) => a.account_id), [first.id, spare.id])
  assert.notEqual(row.attempts[0].reason, '')
}

for (const [format, upstream] of [['chat', 'gpt-5.1'], ['anthropic', 'claude-sonnet-4-6'], ['gemini', 'gemini-3-flash'], ['responses', 'gpt-5.1'], ['anthropic', 'gpt-5.1'], ['chat', 'gemini-3-flash']]) {
  describe(`${format} to ${upstream}`, () => {
    for (const [name, fault] of Object.entries(faults)) {
      test(name, async () => {
        const spoil = (model) => session.gateway.sim('/faults', 'POST', { key: `sk-${model}`, ...fault })
        await takenOver(format, 'stream', await pair(upstream, spoil))
      })
    }

    test('a key that the provider refuses', async () => {
      const spoil = (model, account) => session.gateway.put(`/api/accounts/${account.id}`, { credential: { api_key: `sk-invalid-${model}` } })
      await takenOver(format, 'ask', await pair(upstream, spoil))
    })
  })
}

session.agrees()
