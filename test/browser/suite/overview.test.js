// The overview: numbers that move by themselves.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Visit } from '../visit.js'

const visit = Visit.start()

// number reads a tile's exact number.
const number = async (page, name) => Number((await page.at(`stat-${name}`).locator('.big').getAttribute('title')).replaceAll(/\D/g, ''))

// until waits for the page to come to a state.
async function until(question) {
  while (!(await question())) await new Promise((resolve) => setTimeout(resolve, 50))
}

test('requests and tokens move live', async () => {
  const page = await visit.open()
  await page.at('stat-requests').locator('.big[title]').waitFor()
  await until(async () => (await page.at('stat-requests').locator('.big').innerText()) !== '–')
  const before = { requests: await number(page, 'requests'), tokens: await number(page, 'tokens') }
  const { status } = await visit.ask()
  assert.equal(status, 200)
  await until(async () => (await number(page, 'requests')) === before.requests + 1)
  await until(async () => (await number(page, 'tokens')) > before.tokens)
  await page.at('recent-requests').getByText('gpt-4o').first().waitFor()
  await page.at('top-users').getByText('You').waitFor()
  await page.close()
})

test('an error is counted as one', async () => {
  const page = await visit.open()
  await until(async () => (await page.at('stat-errors').locator('.big').innerText()) !== '–')
  const before = await number(page, 'errors')
  assert.equal((await visit.ask({ model: 'no-such-model' })).status, 404)
  await until(async () => (await number(page, 'errors')) === before + 1)
  await page.close()
})

test('stopping and starting the gateway', async () => {
  const page = await visit.open()
  await page.at('gateway-stop').click()
  await page.at('confirm').click()
  await page.at('gateway-start').waitFor()
  assert.equal((await visit.ask()).status, 503)
  await page.at('gateway-start').click()
  await page.at('gateway-stop').waitFor()
  assert.equal((await visit.ask()).status, 200)
  await page.close()
})

test('the chart and the accounts are drawn', async () => {
  const page = await visit.open()
  for (let i = 0; i < 3; i++) await visit.ask({ text: `Hello ${i}` })
  const canvas = page.at('trend').locator('canvas')
  await canvas.waitFor()
  const painted = () => canvas.evaluate((c) => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some((x) => x !== 0))
  await until(painted)
  await page.at('accounts-health').waitFor()
  await page.shot('overview')
  await page.close()
})
