// From nothing to a working key by clicks alone, and back.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Visit } from '../visit.js'

const visit = Visit.start()

// menu chooses an entry of a row's menu and says yes.
async function remove(page, row) {
  await row.locator('[data-test="menu"]').click()
  await page.at('menu-delete').click()
  await page.at('confirm').click()
  await row.waitFor({ state: 'detached' })
}

test('a channel, an account and a user make a key that works', async () => {
  const page = await visit.open()
  await page.at('nav-channels').click()
  await page.at('channel-new').click()
  await page.at('provider-openai').click()
  await page.type('channel-name', 'My channel')
  await page.type('channel-base-url', `${visit.simulator_url}/v1`)
  await page.type('channel-models', 'gpt-4.1')
  await page.page.keyboard.press('Enter')
  await page.at('form-submit').click()
  await page.at('drawer').waitFor({ state: 'detached' })
  const made = (await visit.admin('/api/channels')).items.find((c) => c.name === 'My channel')
  await page.goto(`/channels/${made.id}`)
  await page.page.locator('[data-test="account-new-empty"]:visible, [data-test="account-new"]:visible').first().click()
  await page.type('account-name', 'My account')
  await page.type('account-api-key', 'sk-my-own-account')
  await page.at('form-submit').click()
  const account = page.at('account-row').filter({ hasText: 'My account' })
  await account.waitFor()
  assert.doesNotMatch(await account.innerText(), /sk-my-own/)
  const secret = await newUser(page, 'My user')
  for (const { id, name } of (await visit.admin('/api/channels')).items) {
    if (name !== 'My channel') await visit.admin(`/api/channels/${id}`, 'PUT', { enabled: false })
  }
  const { status } = await visit.ask({ model: 'gpt-4.1', key: secret, text: 'From the new key' })
  assert.equal(status, 200)
  await page.at('nav-logs').click()
  const row = page.at('log-row').filter({ hasText: 'My user' })
  await row.waitFor()
  assert.match(await row.innerText(), /gpt-4\.1/)
  await row.click()
  await page.at('log-detail').waitFor()
  assert.match(await page.at('log-detail').innerText(), /My channel/)
  assert.match(await page.at('log-detail').innerText(), /My account/)
  await page.shot('log-detail')
  await page.close()
})

// newUser creates a user and returns the key that is shown once.
async function newUser(page, name) {
  await page.at('nav-users').click()
  await page.at('user-new').click()
  await page.type('user-name', name)
  await page.type('user-quota-requests', '100')
  await page.at('form-submit').click()
  const secret = (await page.at('secret').innerText()).trim()
  assert.ok(secret.length > 20)
  await page.at('secret-done').click()
  await page.at('secret').waitFor({ state: 'detached' })
  return secret
}

test('editing a channel keeps what was not touched', async () => {
  const [before] = (await visit.admin('/api/channels')).items
  const page = await visit.open()
  await page.goto(`/channels/${before.id}`)
  await page.at('channel-edit').click()
  await page.type('channel-name', 'Another name')
  await page.at('form-submit').click()
  await page.page.getByRole('heading', { name: 'Another name' }).waitFor()
  const after = await visit.admin(`/api/channels/${before.id}`)
  assert.deepEqual({ ...after, name: before.name, updated_at: before.updated_at }, before)
  await page.close()
})

test('a wrong field is shown where it is', async () => {
  const page = await visit.open()
  await page.goto('/channels')
  await page.at('channel-new').click()
  await page.type('channel-name', 'Bad')
  await page.type('channel-base-url', 'not a url')
  await page.at('form-submit').click()
  await page.at('field-error').first().waitFor()
  assert.equal((await visit.admin('/api/channels')).items.some((c) => c.name === 'Bad'), false)
  await page.close()
})

test('importing accounts shows first what would happen', async () => {
  const [channel] = (await visit.admin('/api/channels')).items
  const count = async () => (await visit.admin(`/api/channels/${channel.id}/accounts`)).items.length
  const before = await count()
  const page = await visit.open()
  await page.goto(`/channels/${channel.id}`)
  await page.at('account-import').click()
  await page.type('import-text', 'sk-imported-number-one-1111\nsk-imported-number-two-2222\nsk-imported-number-two-2222\n')
  await page.at('import-check').click()
  await page.at('import-result').waitFor()
  assert.equal(await count(), before)
  await page.at('import-run').click()
  await page.at('import-outcome').waitFor()
  assert.equal(await count(), before + 2)
  await page.at('import-undo').click()
  await page.at('import-undone').waitFor()
  assert.equal(await count(), before)
  await page.at('import-done').click()
  await page.at('import-dialog').waitFor({ state: 'hidden' })
  await page.close()
})

test('a file may be dropped anywhere, and the page stays', async () => {
  const page = await visit.open()
  await page.goto('/channels')
  await page.at('import-all').click()
  await page.at('import-drop').waitFor()
  await page.page.evaluate(() => {
    const dropped = new DataTransfer()
    dropped.items.add(new File(['sk-ant-api03-anywhere-0123456789\n'], 'anywhere.txt'))
    // What nobody prevents, the browser would open in place of the page.
    window.prevented = ['dragover', 'drop'].map((type) => {
      const event = new DragEvent(type, { dataTransfer: dropped, bubbles: true, cancelable: true })
      return !document.body.dispatchEvent(event)
    })
  })
  assert.deepEqual(await page.page.evaluate(() => window.prevented), [true, true])
  await page.at('import-file').waitFor()
  await page.at('import-check').click()
  await page.at('import-result').waitFor()
  assert.match(await page.at('import-rows').innerText(), /anywhere\.txt/)
  await page.close()
})

test('files of all providers find their channels', async () => {
  const page = await visit.open()
  await page.goto('/channels')
  await page.at('import-all').click()
  await page.at('import-files').setInputFiles([
    { name: 'keys.txt', mimeType: 'text/plain', buffer: Buffer.from('sk-ant-api03-dropped-0123456789\nsk-proj-dropped-0123456789\nghp_0123456789abcdef\n') },
  ])
  await page.at('import-file').waitFor()
  await page.at('import-check').click()
  await page.at('import-result').waitFor()
  await page.at('import-chip-problem').click()
  assert.match(await page.at('import-rows').innerText(), /GitHub/)
  await page.shot('import')
  await page.at('import-run').click()
  await page.at('import-outcome').waitFor()
  await page.at('import-undo').click()
  await page.at('import-undone').waitFor()
  assert.match(await page.at('import-undone').innerText(), /^2 /)
  await page.close()
})

test('deleting a user asks first, and ends the key', async () => {
  const page = await visit.open()
  const secret = await newUser(page, 'Short-lived')
  const row = page.at('user-row').filter({ hasText: 'Short-lived' })
  await remove(page, row)
  assert.equal((await visit.ask({ key: secret })).status, 401)
  await page.close()
})

test('the log narrows to what is asked for', async () => {
  await visit.ask({ model: 'nobody-has-this' })
  const page = await visit.open()
  await page.goto('/logs')
  await page.at('log-row').first().waitFor()
  await page.type('log-search', 'nobody-has-this')
  await page.page.keyboard.press('Enter')
  await page.page.waitForFunction(() => [...document.querySelectorAll('[data-test="log-row"]')].every((r) => r.textContent.includes('nobody-has-this')))
  const row = page.at('log-row').first()
  assert.equal(await row.getAttribute('data-outcome'), 'bad_request')
  await row.click()
  await page.at('log-error').waitFor()
  await page.close()
})
