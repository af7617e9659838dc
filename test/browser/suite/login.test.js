// A sign-in to Kiro by clicks alone: the code in the dashboard, the consent on
// the provider's page, and the account that comes of it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Visit } from '../visit.js'

const visit = Visit.start()

// kiro finds the channel of this file, made at the first call.
let made
const kiro = () => (made ??= visit.admin('/api/channels', 'POST', { name: 'Kiro by hand', provider: 'kiro', base_url: `${visit.simulator_url}/kiro`, priority: 10 }))

const accounts = async () => (await visit.admin(`/api/channels/${(await kiro()).id}/accounts`)).items

// dialog opens the channel and its dialog.
async function dialog(options) {
  const page = await visit.open(options)
  await page.goto(`/channels/${(await kiro()).id}`)
  await page.at('sign-in').click()
  await page.at('sign-in-begin').waitFor()
  return page
}

// begin gets a code and returns it.
async function begin(page, kind) {
  await page.at(`sign-in-${kind}`).click()
  await page.at('sign-in-begin').click()
  return (await page.at('sign-in-code').innerText()).trim()
}

// decide follows the link to the provider's page and clicks there.
async function decide(page, code, decision) {
  const [tab] = await Promise.all([page.page.context().waitForEvent('page'), page.at('sign-in-open').click()])
  assert.equal((await tab.locator('#code').innerText()).trim(), code)
  await tab.locator(`#${decision}`).click()
  await tab.locator('#done').waitFor()
  await tab.close()
}

async function end(page, state) {
  await page.page.locator(`[data-test="sign-in-end"][data-state="${state}"]`).waitFor()
}

test('a code, a consent, and the account is there', async () => {
  const page = await dialog()
  await page.shot('login-choice')
  const code = await begin(page, 'builder_id')
  assert.ok(await page.at('qr').isVisible())
  await page.shot('login-code')
  await page.page.reload()
  assert.equal((await page.at('sign-in-code').innerText()).trim(), code, 'a reload shows the same sign-in')
  await decide(page, code, 'allow')
  await end(page, 'done')
  await page.shot('login-done')
  await page.at('sign-in-close').click()
  await page.at('account-row').filter({ hasText: 'Builder ID' }).waitFor()
  const [account] = await accounts()
  assert.equal(account.state, 'ready')
  assert.equal(account.sign_in.kind, 'builder_id')
  await page.close()
  assert.deepEqual(await ask(), { status: 200, account: account.id })
})

// ask sends a request that only the channel's accounts are to answer.
async function ask() {
  const response = await fetch(`${visit.url}/v1/messages`, {
    method: 'POST',
    headers: { 'x-api-key': visit.user_key, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'claude-sonnet-4.5', max_tokens: 100, messages: [{ role: 'user', content: 'Hello' }] }),
  })
  await response.text()
  return { status: response.status, account: response.headers.get('x-aihub-account') }
}

test('a denial stores nothing, and one may start over', async () => {
  const before = (await accounts()).length
  const page = await dialog()
  await decide(page, await begin(page, 'github'), 'deny')
  await end(page, 'denied')
  await page.shot('login-denied')
  await page.at('sign-in-over').click()
  await page.at('sign-in-begin').waitFor()
  assert.equal((await accounts()).length, before)
  await page.close()
})

test('a sign-in waits while its dialog is closed, and can be cancelled', async () => {
  const page = await dialog()
  await begin(page, 'google')
  await page.page.keyboard.press('Escape')
  await page.at('sign-in-dialog').waitFor({ state: 'hidden' })
  await page.at('sign-in-resume').click()
  await page.at('sign-in-cancel').click()
  await page.at('sign-in-pending').waitFor({ state: 'detached' })
  // The page does not wait for the server's word.
  while ((await visit.admin('/api/logins')).items.some((l) => l.state === 'pending')) await new Promise((resolve) => setTimeout(resolve, 50))
  await page.close()
})

test('an organisation is asked for its address', async () => {
  const page = await dialog()
  await page.at('sign-in-identity_center').click()
  await page.at('sign-in-begin').click()
  await page.at('field-error').waitFor()
  await page.type('sign-in-start-url', 'https://d-1234567890.awsapps.com/start/#/')
  await page.at('sign-in-begin').click()
  const code = (await page.at('sign-in-code').innerText()).trim()
  await decide(page, code, 'allow')
  await end(page, 'done')
  const [account] = (await accounts()).filter((a) => a.sign_in.kind === 'identity_center')
  assert.equal(account.sign_in.start_url, 'https://d-1234567890.awsapps.com/start')
  await page.close()
})

for (const [size, width, height] of [['wide', 1280, 800], ['phone', 390, 844]]) {
  for (const colorScheme of ['light', 'dark']) {
    test(`the dialog fits a ${size} window in ${colorScheme}`, async () => {
      const page = await dialog({ width, height, colorScheme, locale: colorScheme === 'dark' ? 'zh-CN' : 'en-US' })
      await page.shot(`login-choice-${size}-${colorScheme}`)
      await begin(page, 'builder_id')
      assert.ok((await page.overflow()) <= 0)
      await page.shot(`login-code-${size}-${colorScheme}`)
      await page.at('sign-in-cancel').click()
      await page.close()
    })
  }
}
