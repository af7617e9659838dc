// The ledger over the ends of the program, gentle and not.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clients } from '../clients.js'
import { masterKey } from '../gateway.js'
import { Program } from '../program.js'
import { Session } from '../session.js'

const session = Session.open()
const open = () => clients.chat(session, session.gateway.key)

// slow makes a model whose stream takes long, and starts one; it resolves when
// the stream's row is begun, with the promise of the stream's text.
async function slow() {
  const g = session.gateway
  const { model } = await g.sole('gpt-5.1')
  await g.sim('/faults', 'POST', { key: `sk-${model}`, kind: 'slow_chunks', delay_ms: 30 })
  const text = open().stream(model).then((value) => ({ value }), (error) => ({ error }))
  while (!(await g.rows()).some((r) => r.requested_model === model)) await new Promise((resolve) => setTimeout(resolve, 10))
  return { model, text }
}

const rowOf = async (model) => (await session.gateway.settled()).find((r) => r.requested_model === model)

test('a gentle end waits for the open stream', async () => {
  const { model, text } = await slow()
  const code = await session.gateway.program.stop()
  const { value, error } = await text
  assert.equal(error, undefined)
  assert.ok(value.length > 0)
  assert.equal(code, 0)
  await session.gateway.serve()
  assert.equal((await rowOf(model)).outcome, 'ok')
})

test('after a power cut the open request is found interrupted, and nothing else is lost', async () => {
  const before = await session.gateway.rows()
  for (let i = 0; i < 5; i++) await open().ask('gpt-5.1')
  const { model, text } = await slow()
  await session.gateway.program.kill()
  assert.ok((await text).error)
  await session.gateway.serve()
  assert.equal((await rowOf(model)).outcome, 'interrupted')
  assert.equal((await session.gateway.rows()).length, before.length + 6)
  const stats = await session.gateway.admin('/api/stats?days=1')
  assert.equal(stats.totals.requests, before.length + 6)
})

test('accounts, users and keys are there again', async () => {
  const { anthropic } = clients
  assert.ok((await anthropic(session, session.gateway.key).ask('claude-sonnet-4-6')).length > 0)
  assert.equal((await session.gateway.admin('/api/users')).items.length, 1)
})

test('a second program on the same folder says who is there', async () => {
  const args = ['serve', '--port', '0', '--database', `${session.gateway.folder}/data`]
  const second = new Program(args, { cwd: session.gateway.folder, env: { AIHUB_MASTER_KEY: masterKey } })
  assert.notEqual(await second.ended(), 0)
  assert.match(second.output, /in use/)
})
