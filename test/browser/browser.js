// Browser opens pages of the dashboard in the system's Chromium and notices
// what goes wrong in them.
import assert from 'node:assert/strict'
import { accessSync, mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const out = fileURLToPath(new URL('./out/', import.meta.url))
const programs = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

const there = (path) => {
  try {
    accessSync(path)
    return true
  } catch {
    return false
  }
}

export class Browser {
  // start launches Chromium so that it calls nobody.
  static async start() {
    const executablePath = programs.find((p) => p && there(p))
    assert.ok(executablePath, 'no Chromium here; set CHROMIUM to its path')
    mkdirSync(out, { recursive: true })
    const browser = new Browser()
    browser.chromium = await chromium.launch({
      executablePath,
      args: [
        '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
        '--disable-component-update', '--disable-sync', '--disable-default-apps', '--disable-dev-shm-usage',
      ],
    })
    return browser
  }

  stop() { return this.chromium.close() }

  // open shows the dashboard of a gateway as one visitor with a clean browser.
  async open(url, { locale = 'en-US', colorScheme = 'light', width = 1280, height = 800, key } = {}) {
    const context = await this.chromium.newContext({ locale, colorScheme, viewport: { width, height }, reducedMotion: 'reduce' })
    const page = new Page(await context.newPage(), url)
    await page.goto('/')
    if (key) await page.signIn(key)
    return page
  }
}

// Page is one visitor's view.
class Page {
  problems = []

  constructor(page, url) {
    this.page = page
    this.url = url
    page.on('pageerror', (err) => this.problems.push(err.message))
    page.on('console', (message) => {
      // A refused request is for the page to show; Chromium logs it as well.
      const refused = message.text().startsWith('Failed to load resource')
      if (message.type() === 'error' && !refused) this.problems.push(message.text())
    })
    page.on('request', (request) => {
      const { protocol, host } = new URL(request.url())
      if (protocol.startsWith('http') && host !== new URL(url).host) this.problems.push(`called ${request.url()}`)
    })
  }

  goto(hash) { return this.page.goto(`${this.url}/#${hash}`) }

  // at finds elements by their test name.
  at(name) { return this.page.locator(`[data-test="${name}"]`) }

  async signIn(key) {
    await this.type('admin-key', key)
    await this.at('sign-in-submit').click()
    await this.at('nav-overview').waitFor()
  }

  // type fills a field, whether the name is on it or around it.
  async type(name, value) {
    const field = this.at(name)
    const inner = field.locator('input, textarea')
    await field.waitFor()
    await ((await inner.count()) ? inner.first() : field).fill(String(value))
  }

  async choose(name, label) {
    await this.at(name).click()
    await this.page.locator('.n-base-select-option', { hasText: label }).first().click()
  }

  // shot keeps a picture for people to look at.
  shot(name) { return this.page.screenshot({ path: `${out}${name}.png` }) }

  // narrow reports how far the page is wider than its window.
  overflow() {
    return this.page.evaluate(() => Math.max(document.documentElement.scrollWidth, document.body.scrollWidth) - window.innerWidth)
  }

  // close ends the visit; a page that complained fails the test.
  async close() {
    await this.page.context().close()
    assert.deepEqual(this.problems, [], 'the page complained')
  }
}
