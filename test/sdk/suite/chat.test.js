// OpenAI's SDK on Chat Completions, toward every kind of upstream.
import assert from 'node:assert/strict'
import OpenAI from 'openai'
import { Session, matrix } from '../session.js'
import { askBoth, askWeather, clockSchema, personSchema, pixel, weatherSchema } from '../models.js'

let client
const session = Session.open((s) => {
  client = new OpenAI({ baseURL: s.gateway.url + '/v1', apiKey: s.gateway.key, fetch: s.fetch, maxRetries: 0 })
})

const tools = [
  { type: 'function', function: { name: 'get_weather', description: 'Weather of a city', parameters: weatherSchema } },
  { type: 'function', function: { name: 'get_clock', description: 'Time of a zone', parameters: clockSchema } },
]
const user = (content) => [{ role: 'user', content }]
const create = (fields) => client.chat.completions.create(fields)
const counted = (usage) => session.counted({ input: usage.prompt_tokens, output: usage.completion_tokens })

const cases = {
  async 'a plain answer'(name, native) {
    const answer = await create({
      model: name,
      messages: [{ role: 'system', content: 'You are brief.' }, ...user('Tell me of the sea.')],
      max_completion_tokens: 400,
    })
    const [choice] = answer.choices
    assert.equal(answer.object, 'chat.completion')
    assert.equal(choice.finish_reason, 'stop')
    assert.equal(choice.message.role, 'assistant')
    assert.ok(choice.message.content.length > 0)
    assert.equal(choice.message.refusal, null)
    assert.equal(answer.usage.total_tokens, answer.usage.prompt_tokens + answer.usage.completion_tokens)
    const row = await counted(answer.usage)
    assert.equal(row.client_protocol, 'openai')
    assert.equal(row.upstream_protocol === 'openai', native)
    assert.equal(row.requested_model, name)
    assert.equal(row.stream, false)
  },

  async 'a stream'(name) {
    const stream = await create({
      model: name, messages: user('Count the waves.'), stream: true, stream_options: { include_usage: true },
    })
    const chunks = await Array.fromAsync(stream)
    const text = chunks.map((c) => c.choices[0]?.delta.content ?? '').join('')
    const last = chunks.at(-1)
    assert.ok(text.length > 0)
    assert.equal(new Set(chunks.map((c) => c.id)).size, 1)
    assert.equal(chunks[0].choices[0].delta.role, 'assistant')
    assert.deepEqual(last.choices, [])
    assert.ok(chunks.slice(0, -1).every((c) => c.usage === null))
    const row = await counted(last.usage)
    assert.equal(row.stream, true)
    assert.ok(row.first_byte_ms > 0)
  },

  async 'a stream without usage'(name) {
    const chunks = await Array.fromAsync(await create({ model: name, messages: user('No numbers.'), stream: true }))
    assert.ok(chunks.every((c) => !('usage' in c) || c.usage === null))
    const row = await session.ended()
    assert.equal(row.outcome, 'ok')
    assert.equal(row.usage.source, 'reported')
  },

  async 'the stream helper'(name) {
    const stream = client.chat.completions.stream({ model: name, messages: user('Say it in pieces.') })
    let deltas = ''
    stream.on('content', (delta) => { deltas += delta })
    const whole = await stream.finalChatCompletion()
    assert.equal(whole.choices[0].message.content, deltas)
    assert.equal(whole.choices[0].finish_reason, 'stop')
  },

  async 'one tool and its result'(name) {
    const messages = user(askWeather)
    const first = await create({ model: name, messages, tools })
    const { message, finish_reason: reason } = first.choices[0]
    assert.equal(reason, 'tool_calls')
    assert.equal(message.tool_calls.length, 1)
    assert.equal(message.tool_calls[0].function.name, 'get_weather')
    assert.deepEqual(JSON.parse(message.tool_calls[0].function.arguments), { city: 'Paris', days: 2 })
    const result = { role: 'tool', tool_call_id: message.tool_calls[0].id, content: '{"sky":"violet"}' }
    const second = await create({ model: name, messages: [...messages, message, result], tools })
    assert.equal(second.choices[0].finish_reason, 'stop')
    assert.match(second.choices[0].message.content, /violet/)
    await counted(second.usage)
  },

  async 'two tools at once'(name) {
    const messages = user(askBoth)
    const first = await create({ model: name, messages, tools })
    const { message } = first.choices[0]
    assert.deepEqual(message.tool_calls.map((c) => c.function.name), ['get_weather', 'get_clock'])
    assert.equal(new Set(message.tool_calls.map((c) => c.id)).size, 2)
    const results = message.tool_calls.map((c, i) => ({ role: 'tool', tool_call_id: c.id, content: ['rain', 'noon'][i] }))
    const second = await create({ model: name, messages: [...messages, message, ...results], tools })
    assert.match(second.choices[0].message.content, /rain/)
    assert.match(second.choices[0].message.content, /noon/)
  },

  async 'tools in a stream'(name) {
    const stream = client.chat.completions.stream({ model: name, messages: user(askBoth), tools })
    const whole = await stream.finalChatCompletion()
    const calls = whole.choices[0].message.tool_calls
    assert.equal(whole.choices[0].finish_reason, 'tool_calls')
    assert.deepEqual(calls.map((c) => [c.function.name, JSON.parse(c.function.arguments)]), [
      ['get_weather', { city: 'Paris' }], ['get_clock', { zone: 'Europe/Paris' }],
    ])
  },

  async 'the tool runner'(name) {
    const asked = []
    const runner = client.chat.completions.runTools({
      model: name, messages: user(askWeather),
      tools: [{
        type: 'function',
        function: {
          name: 'get_weather', description: 'Weather of a city', parameters: weatherSchema, parse: JSON.parse,
          function: (args) => { asked.push(args.city); return 'hail' },
        },
      }],
    })
    assert.match(await runner.finalContent(), /hail/)
    assert.deepEqual(asked, ['Paris'])
  },

  async 'a forced and a forbidden tool'(name) {
    const forced = await create({ model: name, messages: user('Do it.'), tools, tool_choice: { type: 'function', function: { name: 'get_clock' } } })
    assert.equal(forced.choices[0].message.tool_calls?.[0].function.name, 'get_clock')
    const none = await create({ model: name, messages: user(askWeather), tools, tool_choice: 'none' })
    assert.equal(none.choices[0].message.tool_calls, undefined)
  },

  async 'reasoning'(name, native) {
    const answer = await create({ model: name, messages: user('Think of it.'), reasoning_effort: 'high' })
    assert.ok(answer.usage.completion_tokens_details.reasoning_tokens > 0)
    assert.ok(answer.usage.completion_tokens_details.reasoning_tokens < answer.usage.completion_tokens)
    if (!native) assert.ok(answer.choices[0].message.reasoning_content.length > 0)
    const row = await counted(answer.usage)
    assert.equal(row.usage.reasoning_tokens, answer.usage.completion_tokens_details.reasoning_tokens)
  },

  async 'an answer by a schema'(name) {
    const answer = await create({
      model: name, messages: user('Invent a person.'),
      response_format: { type: 'json_schema', json_schema: { name: 'person', strict: true, schema: personSchema } },
    })
    const person = JSON.parse(answer.choices[0].message.content)
    assert.deepEqual(Object.keys(person).sort(), ['age', 'name', 'tags'])
    assert.ok(Number.isInteger(person.age))
  },

  async 'an image'(name) {
    const without = await create({ model: name, messages: user('What is this?') })
    const answer = await create({
      model: name,
      messages: user([{ type: 'text', text: 'What is this?' }, { type: 'image_url', image_url: { url: `data:image/png;base64,${pixel}` } }]),
    })
    assert.equal(answer.choices[0].finish_reason, 'stop')
    assert.ok(answer.usage.prompt_tokens > without.usage.prompt_tokens, 'the image is counted')
  },

  async 'the end at a limit'(name) {
    const answer = await create({ model: name, messages: user('Talk for long. [sim:tokens=500]'), max_completion_tokens: 40 })
    assert.equal(answer.choices[0].finish_reason, 'length')
    assert.ok(answer.usage.completion_tokens <= 40)
  },

  async 'a conversation'(name) {
    const answer = await create({
      model: name,
      messages: [
        { role: 'system', content: 'Be kind.' }, { role: 'user', content: 'One.' }, { role: 'assistant', content: 'Two.' },
        { role: 'user', content: 'Repeat this exactly: héllo 世界 👋 [sim:echo]' },
      ],
    })
    assert.match(answer.choices[0].message.content, /héllo 世界 👋/)
  },
}

matrix('openai', cases)
session.agrees()
