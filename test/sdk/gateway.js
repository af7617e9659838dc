// Gateway is the real program over the real simulator: channels of every
// provider, one user, and what a test needs to ask of both sides.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Program } from './program.js'

const adminKey = 'admin-key-of-the-sdk-tests'
export const masterKey = '5d'.repeat(32)

// The channels that every suite finds. The models named in models.js lead to
// them.
const channels = [
  { name: 'OpenAI', provider: 'openai', base: '/v1', models: ['gpt-5*', 'gpt-4*', 'text-embedding-*', 'gpt-image-*', 'omni-*', 'whisper-*', 'tts-*'] },
  { name: 'Claude', provider: 'anthropic', base: '', models: ['claude-*'] },
  { name: 'Gemini', provider: 'gemini', base: '', models: ['gemini-*'] },
  { name: 'Chat only', provider: 'openai', api: 'chat', base: '/v1', models: ['chat-*'], aliases: { 'chat-model': 'gpt-5.1' } },
  { name: 'Responses only', provider: 'openai', api: 'responses', base: '/v1', models: ['responses-*'], aliases: { 'responses-model': 'gpt-5.1' } },
]

export class Gateway {
  // start brings both programs up and configures the channels.
  async start() {
    this.folder = await mkdtemp(join(tmpdir(), 'aihub-sdk-'))
    this.simulator = new Program(['simulate', '--fast', '--port', '0', '--ready-json'], { cwd: this.folder })
    this.providers = (await this.simulator.json()).url
    await this.serve()
    for (const c of channels) await this.channel(c)
    this.user = await this.post('/api/users', { name: 'tester' })
    this.key = this.user.key
  }

  // serve starts the gateway proper, on the folder's store.
  async serve() {
    const args = ['serve', '--ready-json', '--port', '0', '--database', join(this.folder, 'data')]
    this.program = new Program(args, { cwd: this.folder, env: { ADMIN_KEY: adminKey, AIHUB_MASTER_KEY: masterKey } })
    this.url = (await this.program.json()).url
  }

  // channel creates a channel with one account and returns both.
  async channel({ base = '', account = {}, key, credential, url, ...fields }) {
    const channel = await this.post('/api/channels', { base_url: (url ?? this.providers) + base, ...fields })
    credential ??= { api_key: key ?? `sk-upstream-${fields.name.replaceAll(' ', '-').toLowerCase()}` }
    const made = await this.post(`/api/channels/${channel.id}/accounts`, { name: fields.name, credential, ...account })
    return { channel, account: made }
  }

  // sole makes a model of its own that one account serves, so that what a
  // test does to the account disturbs no other test.
  async sole(model, fields = {}) {
    const alias = `sole-${model}-${crypto.randomUUID().slice(0, 8)}`
    const provider = model.startsWith('claude') ? 'anthropic' : model.startsWith('gemini') ? 'gemini' : 'openai'
    const made = await this.channel({
      name: alias, provider, base: provider === 'openai' ? '/v1' : '', models: [alias], aliases: { [alias]: model }, key: `sk-${alias}`, ...fields,
    })
    return { model: alias, ...made }
  }

  async admin(path, init = {}) {
    const response = await fetch(this.url + path, { ...init, headers: { 'x-admin-key': adminKey, 'content-type': 'application/json', ...init.headers } })
    const text = await response.text()
    assert.ok(response.ok, `${init.method ?? 'GET'} ${path}: ${response.status} ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }

  post(path, body) { return this.admin(path, { method: 'POST', body: JSON.stringify(body ?? {}) }) }
  put(path, body) { return this.admin(path, { method: 'PUT', body: JSON.stringify(body) }) }
  delete(path) { return this.admin(path, { method: 'DELETE' }) }

  // sim asks the simulator about itself.
  async sim(path, method = 'GET', body) {
    const response = await fetch(this.providers + '/sim' + path, { method, body: body && JSON.stringify(body) })
    const text = await response.text()
    assert.ok(response.ok, `${method} /sim${path}: ${response.status} ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }

  // kiro seeds an account at the simulated Kiro, which knows nobody else, and
  // returns the id by which the simulator counts it, and its credential.
  async kiro() {
    const { account, credential } = await this.sim('/kiro/accounts', 'POST', { kind: 'google', plan: 'power' })
    return { id: account.id, credential }
  }

  // received returns the last request that reached a provider.
  async received() {
    const last = (await this.sim('/requests')).at(-1)
    return { ...last, body: Buffer.from(last.body_base64, 'base64').toString() }
  }

  // row reads the ledger's row of an answered request.
  row(id) { return this.admin(`/api/logs/${id}`) }

  // rows reads the whole ledger, newest first.
  async rows() {
    const all = []
    for (let cursor = ''; ;) {
      const page = await this.admin(`/api/logs?limit=1000&cursor=${encodeURIComponent(cursor)}`)
      all.push(...page.items)
      if (!page.next_cursor) return all
      cursor = page.next_cursor
    }
  }

  // settled waits until no request is open any more and returns the rows.
  async settled() {
    for (;;) {
      const rows = await this.rows()
      if (rows.every((r) => r.outcome !== 'in_flight')) return rows
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  async stop() {
    const code = await this.program?.stop()
    await this.simulator?.stop()
    await rm(this.folder, { recursive: true, force: true })
    if (this.program) assert.equal(code, 0, 'the gateway ends with 0 on SIGTERM')
  }
}
