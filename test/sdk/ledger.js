// ledgerAgrees is what every suite ends with: the ledger holds a row for every
// request, and its sums are those that the providers counted.
import assert from 'node:assert/strict'

const fields = {
  input_tokens: 'input', output_tokens: 'output', cache_read_tokens: 'cache read',
  cache_write_tokens: 'cache write', reasoning_tokens: 'reasoning',
}

const sum = (list, field) => list.reduce((n, item) => n + (item[field] ?? 0), 0)

// tellsUsage leaves out what the providers count and do not tell: the answers
// to Gemini's embeddings and to speech name no tokens.
const tellsUsage = ({ protocol, model }) => !(protocol === 'gemini' && model.includes('embedding')) && !model.includes('-tts')

export async function ledgerAgrees(gateway, sent) {
  const rows = await gateway.settled()
  const told = (await gateway.sim('/stats')).tallies.filter(tellsUsage).map((t) => t.usage)
  for (const [field, name] of Object.entries(fields)) {
    const counted = sum(rows.filter((r) => r.usage.source === 'reported').map((r) => r.usage), field)
    assert.equal(counted, sum(told, field), `${name} tokens`)
  }
  const missing = [...sent].filter((id) => !rows.some((r) => r.id === id))
  assert.deepEqual(missing, [], 'every answer names a row of the ledger')
  await statsAgree(gateway, rows)
}

// statsAgree compares the statistics with the rows that they sum up.
async function statsAgree(gateway, rows) {
  const stats = await gateway.admin('/api/stats?days=1')
  assert.equal(stats.totals.requests, rows.length, 'the statistics count every row')
  for (const field of Object.keys(fields)) {
    assert.equal(stats.totals[field], sum(rows.map((r) => r.usage), field), `statistics of ${field}`)
  }
  for (const list of [stats.top_users, stats.models, stats.channels, stats.accounts]) {
    assert.ok(sum(list, 'requests') <= rows.length)
  }
}

// sameUsage compares a row with the numbers that the client was told.
export async function sameUsage(gateway, id, { input, output }) {
  const row = await gateway.row(id)
  assert.equal(row.outcome, 'ok')
  assert.equal(row.status, 200)
  assert.equal(row.usage.source, 'reported')
  assert.deepEqual({ input: row.usage.input_tokens, output: row.usage.output_tokens }, { input, output })
  return row
}
