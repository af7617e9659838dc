// What OpenAI's SDK calls besides chats: embeddings, models, and the endpoints
// that are passed through.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import OpenAI, { toFile } from 'openai'
import { Session } from '../session.js'

let client
const session = Session.open((s) => {
  client = new OpenAI({ baseURL: s.gateway.url + '/v1', apiKey: s.gateway.key, fetch: s.fetch, maxRetries: 0 })
})

test('embeddings: base64 and floats are the same numbers', async () => {
  const fields = { model: 'text-embedding-3-small', input: ['the sea', 'the sky'], dimensions: 256 }
  const packed = await client.embeddings.create(fields)
  const plain = await client.embeddings.create({ ...fields, encoding_format: 'float' })
  assert.deepEqual(packed.data.map((d) => d.index), [0, 1])
  assert.equal(packed.data[0].embedding.length, 256)
  for (const [i, item] of packed.data.entries()) {
    assert.ok(item.embedding.every((x, j) => Math.abs(x - plain.data[i].embedding[j]) < 1e-6))
  }
  const row = await session.ended()
  assert.equal(row.usage.input_tokens, plain.usage.prompt_tokens)
})

test('embeddings of a chat model are refused in words', async () => {
  await assert.rejects(client.embeddings.create({ model: 'claude-sonnet-4-6', input: 'x' }), (err) => {
    assert.ok(err.status === 400 || err.status === 404, `status ${err.status}`)
    assert.match(err.message, /claude-sonnet-4-6|embedding/)
    return true
  })
})

test('the list of models, and one of them', async () => {
  const list = await Array.fromAsync(client.models.list())
  const ids = list.map((m) => m.id)
  for (const id of ['gpt-5.1', 'claude-sonnet-4-6', 'gemini-3-flash', 'chat-model']) assert.ok(ids.includes(id), `${id} in ${ids}`)
  assert.ok(list.every((m) => m.object === 'model'))
  assert.equal((await client.models.retrieve('claude-sonnet-4-6')).id, 'claude-sonnet-4-6')
  await assert.rejects(client.models.retrieve('no-such-model'), OpenAI.NotFoundError)
})

test('legacy completions', async () => {
  const { model } = await session.gateway.sole('gpt-3.5-turbo-instruct')
  const answer = await client.completions.create({ model, prompt: 'The sea', max_tokens: 50 })
  assert.ok(answer.choices[0].text.length > 0)
  const chunks = await Array.fromAsync(await client.completions.create({ model, prompt: 'The sea', stream: true, max_tokens: 50 }))
  assert.ok(chunks.map((c) => c.choices[0]?.text ?? '').join('').length > 0)
})

test('moderations', async () => {
  const { model } = await session.gateway.sole('omni-moderation-latest')
  const answer = await client.moderations.create({ model, input: 'good day' })
  assert.equal(answer.results[0].flagged, false)
})

test('an image', async () => {
  const { model } = await session.gateway.sole('gpt-image-1')
  const answer = await client.images.generate({ model, prompt: 'a red dot' })
  assert.ok(Buffer.from(answer.data[0].b64_json, 'base64').subarray(1, 4).toString() === 'PNG')
})

test('speech there and back', async () => {
  const { model: voice } = await session.gateway.sole('gpt-4o-mini-tts')
  const speech = await client.audio.speech.create({ model: voice, voice: 'alloy', input: 'good day', response_format: 'wav' })
  const sound = Buffer.from(await speech.arrayBuffer())
  assert.ok(sound.length > 0)
  const { model: ear } = await session.gateway.sole('whisper-1')
  const heard = await client.audio.transcriptions.create({ model: ear, file: await toFile(sound, 'a.wav', { type: 'audio/wav' }) })
  assert.equal(typeof heard.text, 'string')
})

session.agrees()
