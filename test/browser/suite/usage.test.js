// What is known of an account's use, by who says so, and the key that reads the
// provider's reports.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Visit } from '../visit.js'

const visit = Visit.start()

// account finds the demo's account that has an admin key.
async function account() {
  const { items } = await visit.admin('/api/accounts')
  return items.find((a) => a.name === 'Work')
}

test('a usage says whose count it is', async () => {
  for (let i = 0; i < 6; i++) assert.equal((await visit.ask({ text: `Question ${i}` })).status, 200)
  const { channel_id: channel } = await account()
  for (const width of [1280, 390]) {
    const page = await visit.open({ width })
    await page.goto(`/channels/${channel}`)
    const row = page.at('account-row').filter({ hasText: 'Work' })
    await row.locator('[data-test="account-usage"]').click()
    await page.at('usage-refresh').click()
    const report = page.at('usage-provider_report')
    await report.filter({ hasText: /Tokens in/ }).waitFor()
    assert.match(await report.innerText(), /\$0\.\d+/)
    assert.match(await page.at('usage-own_ledger').innerText(), /Requests/)
    assert.match(await page.at('forecast-gap').innerText(), /No forecast/)
    assert.ok((await page.overflow()) <= 0)
    await page.shot(`usage-${width}`)
    await page.close()
  }
})

test('an admin key is entered, kept and removed, and never shown', async () => {
  const { id, channel_id: channel, admin_key_hint: hint } = await account()
  assert.equal(hint, 'tion')
  const page = await visit.open()
  const edit = async (change) => {
    await page.goto(`/channels/${channel}`)
    await page.at('account-row').filter({ hasText: 'Work' }).locator('.name').click()
    await page.at('account-admin-key').waitFor()
    await change()
    await page.at('form-submit').click()
    await page.at('drawer').waitFor({ state: 'detached' })
    return (await visit.admin(`/api/accounts/${id}`)).admin_key_hint
  }
  assert.equal(await edit(async () => assert.match(await page.at('drawer').innerText(), /tion/)), 'tion')
  assert.equal(await edit(() => page.at('account-admin-key-remove').click()), undefined)
  assert.equal(await edit(() => page.type('account-admin-key', 'sk-admin-another-organisation-wxyz')), 'wxyz')
  await page.close()
})
