// The detail of a request: its time line, and its bodies once they are kept.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Visit } from '../visit.js'

const visit = Visit.start()

async function detail(id, options) {
  const page = await visit.open(options)
  await page.goto(`/logs?id=${id}`)
  await page.at('log-detail').waitFor()
  return page
}

test('nothing is kept until the settings say so, and then without keys', async () => {
  const before = await visit.ask()
  const page = await detail(before.id)
  assert.match(await page.at('bodies-none').innerText(), /Bodies are not kept/)
  await page.at('bodies-none').locator('a').click()
  await page.at('settings-capture').locator('[data-test="segment-all"]').click()
  await page.at('settings-save').click()
  await page.at('settings-bar').waitFor({ state: 'detached' })

  const after = await visit.ask({ model: 'claude-sonnet-4-5', text: `Why is ${visit.user_key} refused?` })
  await page.goto(`/logs?id=${after.id}`)
  await page.at('bodies-show').click()
  const text = page.at('bodies-text')
  assert.match(await text.innerText(), /"content": "Why is \[secret\] refused\?"/)
  await page.at('segment-response').click()
  assert.match(await text.innerText(), /"chat\.completion"/)
  assert.ok(!(await page.at('log-bodies').innerText()).includes(visit.user_key))
  await page.close()
})

test('the time line fits a phone in both themes', async () => {
  const { id } = await visit.ask()
  for (const colorScheme of ['light', 'dark']) {
    const page = await detail(id, { width: 360, colorScheme })
    const bar = page.at('log-timeline').locator('[role="img"]').first()
    await bar.waitFor()
    assert.match(await bar.getAttribute('aria-label'), /Waiting for the first byte: \d/)
    const track = await bar.boundingBox()
    for (const piece of await bar.locator('.piece').all()) {
      const box = await piece.boundingBox()
      assert.ok(box.x >= track.x - 1 && box.x + box.width <= track.x + track.width + 3, `a piece at ${box.x} of ${track.x} + ${track.width}`)
    }
    assert.ok((await page.overflow()) <= 0)
    await page.shot(`timeline-360-${colorScheme}`)
    await page.close()
  }
})
