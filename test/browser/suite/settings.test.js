// What the settings page writes into files, and reads back.
import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { test } from 'node:test'
import { Visit } from '../visit.js'

const visit = Visit.start()

// saved is the file that a click makes the browser save.
async function saved(page, button) {
  const [download] = await Promise.all([page.page.waitForEvent('download'), page.at(button).click()])
  return download.path()
}

const users = async () => (await visit.admin('/api/users')).items.map((u) => u.name)

// eventually waits while the program builds itself anew.
async function eventually(check) {
  for (;;) {
    try {
      if (await check()) return
    } catch {
      // It does not listen yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

test('the configuration is saved without secrets, and imported after a look', async () => {
  const page = await visit.open()
  await page.goto('/settings')
  const path = await saved(page, 'config-save')
  const text = await readFile(path, 'utf8')
  assert.doesNotMatch(text, /sk-|sim-[a-z]+-[a-z]/)
  const file = JSON.parse(text)
  file.users.push({ ...file.users[0], id: 'usr_newcomer', name: 'Newcomer' })
  await writeFile(path, JSON.stringify(file))
  await page.page.setInputFiles('[data-test="config-file"]', path)
  await page.at('config-plan').waitFor()
  assert.match(await page.at('config-plan').innerText(), /Users\s+1 new/)
  assert.match(await page.at('config-warnings').innerText(), /Newcomer: keys are not in the file/)
  assert.ok(!(await users()).includes('Newcomer'))
  await page.at('config-confirm').click()
  await eventually(async () => (await users()).includes('Newcomer'))
  await page.close()
})

test('what is no configuration is refused', async () => {
  const page = await visit.open()
  await page.goto('/settings')
  for (const text of ['not JSON', '{"format":"another"}']) {
    await page.page.setInputFiles('[data-test="config-file"]', { name: 'x.json', mimeType: 'application/json', buffer: Buffer.from(text) })
    await page.page.getByText(/no configuration/).last().waitFor()
    assert.equal(await page.at('config-plan').count(), 0)
  }
  await page.close()
})

test('a backup is saved, and brings everything back', async () => {
  const page = await visit.open()
  await page.goto('/settings')
  assert.ok(await page.at('backup-create').isDisabled())
  await page.type('backup-passphrase', 'correct horse battery')
  const path = await saved(page, 'backup-create')
  const before = await users()
  await visit.admin('/api/users', 'POST', { name: 'Behind the backup' })
  const reader = await readFile(path)
  await page.page.setInputFiles('[data-test="backup-file"]', { name: 'all.backup', mimeType: 'application/octet-stream', buffer: reader })
  await page.at('confirm').click()
  await eventually(async () => {
    const now = await users()
    return !now.includes('Behind the backup') && now.length === before.length
  })
  await page.close()
})
