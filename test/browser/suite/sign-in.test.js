// The first visit: the admin key, and what a wrong one does.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Visit } from '../visit.js'

const visit = Visit.start()

test('a wrong key is refused in words, the right one opens the dashboard', async () => {
  const page = await visit.stranger()
  await page.type('admin-key', 'wrong')
  await page.at('sign-in-submit').click()
  await page.at('sign-in-error').waitFor()
  assert.match(await page.at('sign-in-error').innerText(), /key/i)
  await page.signIn(visit.admin_key)
  await page.at('stats').waitFor()
  await page.close()
})

test('nothing of the dashboard is shown before', async () => {
  const page = await visit.stranger()
  await page.goto('/users')
  await page.at('sign-in').waitFor()
  assert.equal(await page.at('nav-users').count(), 0)
  await page.close()
})

test('a reload keeps the visitor, signing out does not', async () => {
  const page = await visit.open()
  await page.page.reload()
  await page.at('nav-overview').waitFor()
  await page.at('sign-out').click()
  await page.at('sign-in').waitFor()
  await page.page.reload()
  await page.at('sign-in').waitFor()
  await page.close()
})

test('the language of the browser is the first one', async () => {
  const page = await visit.stranger({ locale: 'zh-CN' })
  await page.at('sign-in').waitFor()
  assert.match(await page.at('sign-in').innerText(), /\p{Script=Han}/u)
  await page.shot('sign-in-zh')
  await page.close()
})
