// Cell is one client before one upstream, alone on an account of its own, so
// that the ledger and the provider can be held against each other.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { clients, upstreams } from './parties.js'

// accountOf is how the simulator names the account of a key.
const accountOf = (key) => 'acct_' + createHash('sha256').update(key).digest('hex').slice(0, 16)

const counts = ['input_tokens', 'cache_read_tokens', 'cache_write_tokens', 'output_tokens', 'reasoning_tokens']

export class Cell {
  answers = []
  failures = 0
  unmetered = false // an answer was left before the provider's numbers came

  constructor(session, scenario, from, to) {
    this.session = session
    this.gateway = session.gateway
    this.from = from
    this.to = to
    this.upstream = upstreams[to]
    this.alias = `${scenario.replaceAll(' ', '-')}-${from}-via-${to}`
    this.key = `sk-${this.alias}`
    this.counted = accountOf(this.key) // by which the simulator counts the account
    this.client = new clients[from].open(session.gateway.url, session.gateway.key)
  }

  // open makes the channel by which the alias leads to a model.
  async open(model = this.upstream.model) {
    let credential
    if (this.upstream.kiro) ({ id: this.counted, credential } = await this.gateway.kiro())
    const { account } = await this.gateway.channel({
      name: this.alias, models: [this.alias], aliases: { [this.alias]: model }, key: this.key, credential, ...this.upstream.channel,
    })
    this.account = account
  }

  // ask sends the question, streamed or not, and keeps the answer for agrees.
  async ask(question, { stream = false } = {}) {
    const ask = { model: this.alias, ...question }
    const answer = await (stream ? this.client.stream(ask) : this.client.whole(ask))
    this.answers.push(answer)
    return answer
  }

  // fails is ask for an answer that must not come: it returns what was thrown.
  async fails(question, how) {
    this.failures++
    const ask = { model: this.alias, ...question }
    const outcome = await (how?.stream ? this.client.stream(ask) : this.client.whole(ask)).then((answer) => ({ answer }), (err) => ({ err }))
    assert.ok(outcome.err, `answered: ${JSON.stringify(outcome.answer)}`)
    return outcome.err
  }

  // rested waits until nothing keeps the account from being asked.
  async rested() {
    for (;;) {
      const { state, cooldowns } = await this.gateway.admin(`/api/accounts/${this.account.id}`)
      if (state === 'ready' && cooldowns.length === 0) return
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  leave() { return clients[this.from].leave(this.session, this.gateway.key).leave(this.alias) }

  fault(fields) { return this.gateway.sim('/faults', 'POST', { account: this.counted, ...fields }) }

  // received are the bodies that reached the provider.
  async received() {
    const all = await this.gateway.sim('/requests')
    return all.filter((r) => r.account === this.counted && r.path.includes(this.upstream.kiro ? '/runtime/' : '')).map((r) => ({ status: r.status, body: Buffer.from(r.body_base64, 'base64').toString() }))
  }

  // rows are the ledger's rows of the cell, oldest first.
  async rows() {
    const page = await this.gateway.admin(`/api/logs?limit=100&model=${this.alias}`)
    return page.items.reverse()
  }

  // ended waits for the end of every row: a client that leaves does not.
  async ended() {
    for (;;) {
      const rows = await this.rows()
      if (rows.length > 0 && rows.every((r) => r.outcome !== 'in_flight')) return rows
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  // tallies is what the provider counted for the account.
  async tallies() {
    const { tallies } = await this.gateway.sim('/stats')
    return tallies.filter((t) => t.account === this.counted)
  }

  // accepted checks that the provider refused nothing for what it was.
  async accepted() {
    const refused = (await this.tallies()).reduce((n, t) => n + t.refused, 0)
    if (refused === 0) return
    const bodies = (await this.received()).filter((r) => r.status >= 400)
    assert.fail(`the provider refused ${refused} requests: ${JSON.stringify(bodies)}`)
  }

  // agrees holds the three counts against each other: what the client was
  // told, what the ledger holds, what the provider counted.
  async agrees() {
    await this.accepted()
    const rows = await this.ended()
    assert.equal(rows.length, this.answers.length + this.failures, 'a row for each request')
    for (const row of rows) {
      assert.equal(row.client_protocol, this.client.protocol)
      assert.equal(row.upstream_protocol, this.upstream.protocol)
    }
    rows.filter((r) => r.outcome === 'ok').forEach((row, i) => this.#told(row, this.answers[i].usage))
    if (!this.unmetered) await this.#counted(rows)
  }

  #told(row, usage) {
    assert.deepEqual(
      { input: usage.input, output: usage.output, reasoning: usage.reasoning },
      { input: row.usage.input_tokens, output: row.usage.output_tokens, reasoning: row.usage.reasoning_tokens },
      'the client was told what the ledger holds',
    )
    if (usage.total !== undefined) assert.equal(usage.total, usage.input + usage.output)
  }

  // #charged holds the credits against each other: Kiro tells no counts of
  // tokens, so the ledger's are estimates that follow from how full the window
  // is, and their sum is the provider's own.
  async #charged(rows) {
    const sum = (list, field) => list.reduce((n, u) => n + (u[field] ?? 0), 0)
    // What broke off is estimated here and not counted there.
    const [ours, theirs] = [rows.filter((r) => r.outcome === 'ok').map((r) => r.usage), (await this.tallies()).map((t) => t.usage)]
    assert.ok(ours.every((u) => u.source !== 'reported'), 'nothing passes for reported')
    assert.ok(Math.abs(sum(ours, 'credits') - sum(theirs, 'credits')) < 1e-6, 'credits in the ledger and at the provider')
    const total = (list) => sum(list, 'input_tokens') + sum(list, 'output_tokens')
    assert.ok(Math.abs(total(ours) - total(theirs)) <= rows.length, `${total(ours)} tokens in the ledger, ${total(theirs)} at the provider`)
  }

  async #counted(rows) {
    if (this.upstream.kiro) return this.#charged(rows)
    const reported = rows.map((r) => r.usage).filter((u) => u.source === 'reported')
    const tallies = await this.tallies()
    for (const field of counts) {
      const sum = (list) => list.reduce((n, u) => n + (u[field] ?? 0), 0)
      assert.equal(sum(reported), sum(tallies.map((t) => t.usage)), `${field} in the ledger and at the provider`)
    }
  }
}
