// The way of a request: the proxy in front of a provider, and why an account
// is taken.
import assert from 'node:assert/strict'
import { createServer, request } from 'node:http'
import { once } from 'node:events'
import { after, before, test } from 'node:test'
import { Visit } from '../visit.js'

const visit = Visit.start()
const password = 'pr0xy-passw0rd'
let proxy

// A proxy that asks for a password and passes whole URLs on.
before(async () => {
  const right = 'Basic ' + Buffer.from(`pat:${password}`).toString('base64')
  proxy = createServer((req, res) => {
    if (req.headers['proxy-authorization'] !== right) {
      res.writeHead(407, { 'proxy-authenticate': 'Basic realm="proxy"' }).end()
      return
    }
    const onward = request(req.url, { method: req.method, headers: { ...req.headers, 'proxy-authorization': '' } }, (answer) => {
      res.writeHead(answer.statusCode, answer.headers)
      answer.pipe(res)
    })
    onward.on('error', () => res.writeHead(502).end())
    req.pipe(onward)
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
})
after(() => {
  proxy.closeAllConnections()
  proxy.close()
})

test('a proxy is tried before it is saved', async () => {
  const [channel] = (await visit.admin('/api/channels')).items.filter((c) => c.provider === 'openai')
  const address = (pass) => `http://pat:${pass}@127.0.0.1:${proxy.address().port}`
  const page = await visit.open()
  await page.goto(`/channels/${channel.id}`)
  await page.at('channel-edit').click()
  await page.at('form-more').click()
  const result = page.at('proxy-result')
  await page.type('proxy-url', address('wrong'))
  await page.at('proxy-test').click()
  await result.waitFor()
  assert.match(await result.innerText(), /Sign-in at the proxy/)
  assert.doesNotMatch(await result.innerText(), /wrong/)
  await page.type('proxy-url', address(password))
  await result.waitFor({ state: 'detached' })
  await page.at('proxy-test').click()
  await result.waitFor()
  assert.match(await result.innerText(), /is reached/)
  await page.at('form-submit').click()
  await page.at('drawer').waitFor({ state: 'detached' })
  assert.equal((await visit.ask({ text: 'Through the proxy' })).status, 200)
  // What is shown of it again is enough to try it again.
  await page.at('channel-edit').click()
  await page.at('form-more').click()
  const shown = await page.at('proxy-url').locator('input').inputValue()
  assert.doesNotMatch(shown, new RegExp(password))
  await page.at('proxy-test').click()
  await result.waitFor()
  assert.match(await result.innerText(), /is reached/)
  await page.close()
  await visit.admin(`/api/channels/${channel.id}`, 'PUT', { proxy_url: '' })
})

test('a choice is explained, account by account', async () => {
  const [channel] = (await visit.admin('/api/channels')).items.filter((c) => c.provider === 'openai')
  const [off, ...others] = (await visit.admin(`/api/channels/${channel.id}/accounts`)).items
  await visit.admin(`/api/accounts/${off.id}`, 'PUT', { enabled: false })
  const page = await visit.open()
  await page.at('nav-explain').click()
  assert.equal(await page.at('explain-ask').isDisabled(), true)
  await page.type('explain-model', 'gpt-4o')
  await page.at('explain-ask').click()
  await page.at('explain-list').waitFor()
  const chosen = page.page.locator('[data-code="chosen"]')
  assert.equal(await chosen.count(), 1)
  assert.ok(others.some((a) => a.name === off.name) || !(await chosen.innerText()).includes(off.name))
  assert.match(await page.page.locator('[data-code="disabled"]').innerText(), new RegExp(off.name))
  const { status, id } = await visit.ask({ text: 'As it was explained' })
  assert.equal(status, 200)
  const row = await visit.admin(`/api/logs/${id}`)
  assert.match(await page.at('explain-verdict').innerText(), new RegExp(row.account_name))
  await page.shot('explain')
  // The address holds the question, so a reload asks it again.
  await page.page.reload()
  await page.at('explain-list').waitFor()
  await page.type('explain-model', 'no such model')
  await page.at('explain-ask').click()
  await page.at('load-error').waitFor()
  await page.close()
  await visit.admin(`/api/accounts/${off.id}`, 'PUT', { enabled: true })
})

test('on a phone the explanation has room', async () => {
  const page = await visit.open({ width: 390, height: 844, locale: 'zh-CN', colorScheme: 'dark' })
  await page.goto('/channels')
  await page.at('to-explain').click()
  await page.type('explain-model', 'gpt-4o')
  await page.at('explain-ask').click()
  await page.at('explain-list').waitFor()
  assert.equal(await page.overflow(), 0)
  await page.shot('explain-phone')
  await page.close()
})
