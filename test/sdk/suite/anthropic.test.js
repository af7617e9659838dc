// Anthropic's SDK, toward every kind of upstream.
import assert from 'node:assert/strict'
import Anthropic from '@anthropic-ai/sdk'
import { Session, matrix } from '../session.js'
import { askBoth, askWeather, clockSchema, personSchema, pixel, weatherSchema } from '../models.js'

let client
const session = Session.open((s) => {
  client = new Anthropic({ baseURL: s.gateway.url, apiKey: s.gateway.key, fetch: s.fetch, maxRetries: 0 })
})

const tools = [
  { name: 'get_weather', description: 'Weather of a city', input_schema: weatherSchema },
  { name: 'get_clock', description: 'Time of a zone', input_schema: clockSchema },
]
const user = (content) => [{ role: 'user', content }]
const create = (fields) => client.messages.create({ max_tokens: 1000, ...fields })
const text = (answer) => answer.content.filter((b) => b.type === 'text').map((b) => b.text).join('')
const calls = (answer) => answer.content.filter((b) => b.type === 'tool_use')
const fed = (u) => u.input_tokens + (u.cache_read_input_tokens ?? 0) + (u.cache_creation_input_tokens ?? 0)
const counted = (usage) => session.counted({ input: fed(usage), output: usage.output_tokens })

const cases = {
  async 'a plain answer'(name, native) {
    const answer = await create({ model: name, system: 'Be brief.', messages: user('Tell me of the sea.') })
    assert.equal(answer.type, 'message')
    assert.equal(answer.role, 'assistant')
    assert.equal(answer.stop_reason, 'end_turn')
    assert.ok(text(answer).length > 0)
    const row = await counted(answer.usage)
    assert.equal(row.client_protocol, 'anthropic')
    assert.equal(row.upstream_protocol === 'anthropic', native)
  },

  async 'a stream, event by event'(name) {
    const events = await Array.fromAsync(await create({ model: name, messages: user('Count the waves.'), stream: true }))
    const types = events.map((e) => e.type).filter((t) => t !== 'ping')
    assert.equal(types[0], 'message_start')
    assert.deepEqual(types.slice(-2), ['message_delta', 'message_stop'])
    const started = events.filter((e) => e.type === 'content_block_start').map((e) => e.index)
    assert.deepEqual(started, started.map((_, i) => i))
    assert.deepEqual(events.filter((e) => e.type === 'content_block_stop').map((e) => e.index), started)
    await session.ended()
    const delta = events.findLast((e) => e.type === 'message_delta')
    assert.equal((await session.row()).usage.output_tokens, delta.usage.output_tokens)
  },

  async 'the stream helper'(name) {
    let deltas = ''
    const stream = client.messages.stream({ model: name, max_tokens: 1000, messages: user('Say it in pieces.') })
    stream.on('text', (delta) => { deltas += delta })
    const whole = await stream.finalMessage()
    assert.equal(text(whole), deltas)
    assert.equal(whole.stop_reason, 'end_turn')
    await counted(whole.usage)
  },

  async 'one tool and its result'(name) {
    const messages = user(askWeather)
    const first = await create({ model: name, messages, tools })
    assert.equal(first.stop_reason, 'tool_use')
    const [call, ...others] = calls(first)
    assert.equal(others.length, 0)
    assert.equal(call.name, 'get_weather')
    assert.deepEqual(call.input, { city: 'Paris', days: 2 })
    const result = { type: 'tool_result', tool_use_id: call.id, content: [{ type: 'text', text: '{"sky":"violet"}' }] }
    const second = await create({ model: name, messages: [...messages, { role: 'assistant', content: first.content }, ...user([result])], tools })
    assert.match(text(second), /violet/)
    await counted(second.usage)
  },

  async 'two tools in a stream, one fails'(name) {
    const messages = user(askBoth)
    const first = await client.messages.stream({ model: name, max_tokens: 1000, messages, tools }).finalMessage()
    assert.deepEqual(calls(first).map((c) => [c.name, c.input]), [['get_weather', { city: 'Paris' }], ['get_clock', { zone: 'Europe/Paris' }]])
    const [weather, clock] = calls(first)
    const results = [
      { type: 'tool_result', tool_use_id: weather.id, content: 'no such city', is_error: true },
      { type: 'tool_result', tool_use_id: clock.id, content: 'noon' },
    ]
    const second = await create({ model: name, messages: [...messages, { role: 'assistant', content: first.content }, ...user(results)], tools })
    assert.match(text(second), /no such city/)
    assert.match(text(second), /noon/)
  },

  async 'thinking that comes back'(name) {
    const fields = { model: name, max_tokens: 8000, tools, thinking: { type: 'enabled', budget_tokens: 2048 } }
    const messages = user(askWeather)
    const first = await create({ ...fields, messages })
    const thought = first.content.find((b) => b.type === 'thinking' || b.type === 'redacted_thinking')
    const [call] = calls(first)
    assert.ok(call)
    if (name !== 'chat-model') assert.ok(thought, 'a thinking block')
    const result = { type: 'tool_result', tool_use_id: call.id, content: 'violet' }
    const second = await create({ ...fields, messages: [...messages, { role: 'assistant', content: first.content }, ...user([result])] })
    assert.match(text(second), /violet/)
    await counted(second.usage)
  },

  async 'an answer by a schema'(name) {
    const answer = await create({
      model: name, messages: user('Invent a person.'), output_config: { format: { type: 'json_schema', schema: personSchema } },
    })
    assert.deepEqual(Object.keys(JSON.parse(text(answer))).sort(), ['age', 'name', 'tags'])
  },

  async 'an image'(name) {
    const source = { type: 'base64', media_type: 'image/png', data: pixel }
    const answer = await create({ model: name, messages: user([{ type: 'image', source }, { type: 'text', text: 'What is this?' }]) })
    assert.ok(text(answer).length > 0)
  },

  async 'the end at a limit'(name) {
    const answer = await create({ model: name, max_tokens: 40, messages: user('Talk for long. [sim:tokens=500]') })
    assert.equal(answer.stop_reason, 'max_tokens')
    assert.ok(answer.usage.output_tokens <= 40)
  },

  async 'a system note in the middle'(name) {
    const answer = await create({
      model: name,
      messages: [
        { role: 'user', content: 'One.' }, { role: 'assistant', content: 'Two.' },
        { role: 'user', content: 'Repeat: héllo 世界 👋 [sim:echo]' }, { role: 'system', content: 'Answer plainly.' },
      ],
    })
    assert.match(text(answer), /héllo 世界 👋/)
  },

  async 'counting without asking'(name) {
    const short = await client.messages.countTokens({ model: name, messages: user('One word.') })
    const many = await Promise.all(Array.from({ length: 26 }, () =>
      client.messages.countTokens({ model: name, messages: user('One word. '.repeat(200)), tools })))
    assert.ok(short.input_tokens > 0)
    assert.ok(many.every((c) => c.input_tokens === many[0].input_tokens && c.input_tokens > 10 * short.input_tokens))
  },
}

matrix('anthropic', cases)
session.agrees()
