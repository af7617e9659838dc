// Visit is what a suite works with: the demo without traffic of its own, and a
// browser.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before } from 'node:test'
import { Program } from '../sdk/program.js'
import { Browser } from './browser.js'

export class Visit {
  // start brings both up before the tests of the file and ends them after.
  static start() {
    const visit = new Visit()
    before(async () => {
      visit.folder = await mkdtemp(join(tmpdir(), 'aihub-browser-'))
      visit.program = new Program(['demo', '--port', '0', '--no-traffic', '--ready-json'], { cwd: visit.folder, env: { TMPDIR: visit.folder } })
      Object.assign(visit, await visit.program.json())
      visit.browser = await Browser.start()
    })
    after(async () => {
      await visit.browser?.stop()
      assert.equal(await visit.program.stop(), 0)
      await rm(visit.folder, { recursive: true, force: true })
    })
    return visit
  }

  // open shows the dashboard to somebody who has signed in, with English and
  // the light theme if nothing else is asked for.
  open(options = {}) { return this.browser.open(this.url, { key: this.admin_key, ...options }) }

  // stranger shows it to somebody who has not.
  stranger(options = {}) { return this.browser.open(this.url, options) }

  // ask sends one real request through the gateway.
  async ask({ model = 'gpt-4o', key = this.user_key, text = 'Hello' } = {}) {
    const response = await fetch(this.url + '/v1/chat/completions', {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model, messages: [{ role: 'user', content: text }] }),
    })
    await response.text()
    return { status: response.status, id: response.headers.get('x-aihub-request-id') }
  }

  // admin calls the admin API beside the dashboard.
  async admin(path, method = 'GET', body) {
    const headers = { 'x-admin-key': this.admin_key, 'content-type': 'application/json' }
    const response = await fetch(this.url + path, { method, headers, body: body && JSON.stringify(body) })
    const text = await response.text()
    assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }
}
