// Themes, languages and sizes on every page.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Visit } from '../visit.js'

const visit = Visit.start()
const pages = { overview: '/', channels: '/channels', users: '/users', logs: '/logs', settings: '/settings' }
const content = { overview: 'stats', channels: 'channels', users: 'users', logs: 'log-row', settings: 'settings-form' }

const theme = (page) => page.page.evaluate(() => document.documentElement.dataset.theme)
const background = (page) => page.page.evaluate(() => getComputedStyle(document.body).backgroundColor.match(/\d+/g).slice(0, 3).map(Number))

// light reports whether a colour is nearer to white than to black.
const light = (rgb) => rgb.reduce((a, b) => a + b, 0) > 384

// settle waits until the page of a name is shown.
async function settle(page, name) {
  await page.goto(pages[name])
  await page.at(content[name]).first().waitFor()
}

for (const [size, width, height] of [['wide', 1440, 900], ['phone', 390, 844]]) {
  for (const colorScheme of ['light', 'dark']) {
    test(`every page fits a ${size} window in ${colorScheme}`, async () => {
      await visit.ask()
      const page = await visit.open({ width, height, colorScheme })
      for (const name of Object.keys(pages)) {
        await settle(page, name)
        assert.ok((await page.overflow()) <= 0, `${name} is wider than ${width}`)
        assert.equal(light(await background(page)), colorScheme === 'light')
        await page.shot(`${name}-${size}-${colorScheme}`)
      }
      await page.close()
    })
  }
}

test("the theme follows the system's, until one is chosen", async () => {
  const page = await visit.open({ colorScheme: 'dark' })
  assert.equal(await theme(page), 'dark')
  await page.page.emulateMedia({ colorScheme: 'light' })
  await page.page.waitForFunction(() => document.documentElement.dataset.theme === 'light')
  await page.goto('/settings')
  await page.at('settings-theme').locator('[data-test="segment-dark"]').click()
  await page.page.waitForFunction(() => document.documentElement.dataset.theme === 'dark')
  await page.page.reload()
  await page.at('nav-overview').waitFor()
  assert.equal(await theme(page), 'dark')
  await page.close()
})

test('the language changes at once and is kept', async () => {
  const page = await visit.open()
  await page.goto('/settings')
  await page.at('settings-language').locator('[data-test="segment-zh-CN"]').click()
  await page.page.waitForFunction(() => document.documentElement.lang === 'zh-CN')
  await page.page.reload()
  await page.at('nav-overview').waitFor()
  for (const name of Object.keys(pages)) {
    await settle(page, name)
    const text = await page.page.locator('main').innerText()
    assert.match(text, /\p{Script=Han}/u, name)
    assert.doesNotMatch(text, /\b(nav|common|channels|users|logs|settings|overview)\.[a-z]/, `${name} shows a message's name`)
    await page.shot(`${name}-zh`)
  }
  await page.close()
})

test('settings are saved, and a wrong one is not', async () => {
  const page = await visit.open()
  await page.goto('/settings')
  await page.type('settings-log-days', '45')
  await page.page.keyboard.press('Tab')
  await page.at('settings-save').click()
  await page.at('settings-bar').waitFor({ state: 'detached' })
  assert.equal((await visit.admin('/api/settings')).log_days, 45)
  await page.close()
})
