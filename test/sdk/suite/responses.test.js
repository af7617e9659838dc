// OpenAI's SDK on Responses, toward every kind of upstream.
import assert from 'node:assert/strict'
import OpenAI from 'openai'
import { Session, matrix } from '../session.js'
import { askBoth, askWeather, clockSchema, personSchema, pixel, weatherSchema } from '../models.js'

let client
const session = Session.open((s) => {
  client = new OpenAI({ baseURL: s.gateway.url + '/v1', apiKey: s.gateway.key, fetch: s.fetch, maxRetries: 0 })
})

const tools = [
  { type: 'function', name: 'get_weather', description: 'Weather of a city', parameters: weatherSchema, strict: false },
  { type: 'function', name: 'get_clock', description: 'Time of a zone', parameters: clockSchema, strict: false },
]
const create = (fields) => client.responses.create({ store: false, ...fields })
const counted = (usage) => session.counted({ input: usage.input_tokens, output: usage.output_tokens })
const calls = (answer) => answer.output.filter((item) => item.type === 'function_call')

// The keys that the schema of a response requires, whatever the upstream.
const required = ['id', 'object', 'created_at', 'status', 'incomplete_details', 'model', 'output', 'error', 'tools', 'tool_choice', 'usage', 'metadata']

const cases = {
  async 'a plain answer'(name, native) {
    const answer = await create({ model: name, instructions: 'Be brief.', input: 'Tell me of the sea.' })
    for (const key of required) assert.ok(key in answer, key)
    assert.match(answer.id, /^resp_/)
    assert.equal(answer.status, 'completed')
    assert.ok(answer.output_text.length > 0)
    assert.equal(answer.usage.total_tokens, answer.usage.input_tokens + answer.usage.output_tokens)
    const row = await counted(answer.usage)
    assert.equal(row.client_protocol, 'responses')
    assert.equal(row.upstream_protocol === 'responses', native)
  },

  async 'a stream, event by event'(name) {
    const events = await Array.fromAsync(await create({ model: name, input: 'Count the waves.', stream: true }))
    assert.deepEqual(events.map((e) => e.sequence_number), events.map((_, i) => i))
    assert.equal(events[0].type, 'response.created')
    assert.equal(events[1].type, 'response.in_progress')
    assert.equal(events.at(-1).type, 'response.completed')
    const deltas = events.filter((e) => e.type === 'response.output_text.delta').map((e) => e.delta).join('')
    const done = events.find((e) => e.type === 'response.output_text.done')
    assert.equal(deltas, done.text)
    const added = events.filter((e) => e.type === 'response.output_item.added').length
    assert.equal(events.filter((e) => e.type === 'response.output_item.done').length, added)
    await counted(events.at(-1).response.usage)
  },

  async 'the stream helper'(name) {
    const stream = client.responses.stream({ model: name, input: 'Say it in pieces.', store: false })
    let deltas = ''
    stream.on('response.output_text.delta', (event) => { deltas += event.delta })
    const whole = await stream.finalResponse()
    assert.equal(whole.output_text, deltas)
    assert.equal(whole.status, 'completed')
  },

  async 'one tool and its result'(name) {
    const input = [{ role: 'user', content: askWeather }]
    const first = await create({ model: name, input, tools })
    const [call, ...others] = calls(first)
    assert.equal(others.length, 0)
    assert.equal(call.name, 'get_weather')
    assert.deepEqual(JSON.parse(call.arguments), { city: 'Paris', days: 2 })
    const result = { type: 'function_call_output', call_id: call.call_id, output: '{"sky":"violet"}' }
    const second = await create({ model: name, input: [...input, ...first.output, result], tools })
    assert.match(second.output_text, /violet/)
    await counted(second.usage)
  },

  async 'two tools in a stream'(name) {
    const input = [{ role: 'user', content: askBoth }]
    const whole = await client.responses.stream({ model: name, input, tools, store: false }).finalResponse()
    assert.deepEqual(calls(whole).map((c) => [c.name, JSON.parse(c.arguments)]), [
      ['get_weather', { city: 'Paris' }], ['get_clock', { zone: 'Europe/Paris' }],
    ])
    // The helper adds what it parsed; a client sends the items as they came.
    const items = whole.output.map(({ parsed_arguments, ...item }) => item)
    const results = calls(whole).map((c, i) => ({ type: 'function_call_output', call_id: c.call_id, output: ['rain', 'noon'][i] }))
    const second = await create({ model: name, input: [...input, ...items, ...results], tools })
    assert.match(second.output_text, /rain/)
    assert.match(second.output_text, /noon/)
  },

  async 'reasoning that comes back'(name) {
    const fields = { model: name, tools, reasoning: { effort: 'high', summary: 'auto' }, include: ['reasoning.encrypted_content'] }
    const input = [{ role: 'user', content: askWeather }]
    const first = await create({ ...fields, input })
    const thought = first.output.find((item) => item.type === 'reasoning')
    if (name !== 'chat-model') assert.ok(thought, 'a reasoning item')
    assert.ok(first.usage.output_tokens_details.reasoning_tokens > 0)
    const result = { type: 'function_call_output', call_id: calls(first)[0].call_id, output: 'violet' }
    const second = await create({ ...fields, input: [...input, ...first.output, result] })
    assert.match(second.output_text, /violet/)
  },

  async 'an answer by a schema'(name) {
    const answer = await create({
      model: name, input: 'Invent a person.',
      text: { format: { type: 'json_schema', name: 'person', strict: true, schema: personSchema } },
    })
    assert.deepEqual(Object.keys(JSON.parse(answer.output_text)).sort(), ['age', 'name', 'tags'])
  },

  async 'an image'(name) {
    const answer = await create({
      model: name,
      input: [{
        role: 'user',
        content: [{ type: 'input_text', text: 'What is this?' }, { type: 'input_image', image_url: `data:image/png;base64,${pixel}`, detail: 'auto' }],
      }],
    })
    assert.ok(answer.output_text.length > 0)
  },

  async 'the end at a limit'(name) {
    const answer = await create({ model: name, input: 'Talk for long. [sim:tokens=500]', max_output_tokens: 40 })
    assert.equal(answer.status, 'incomplete')
    assert.equal(answer.incomplete_details.reason, 'max_output_tokens')
    assert.ok(answer.usage.output_tokens <= 40)
  },

  async 'counting without asking'(name) {
    const short = await client.responses.inputTokens.count({ model: name, input: 'One word.' })
    const long = await client.responses.inputTokens.count({ model: name, input: 'One word. '.repeat(200) })
    assert.ok(short.input_tokens > 0)
    assert.ok(long.input_tokens > 10 * short.input_tokens)
  },

  async 'tools that come inside the input, in a namespace'(name) {
    const answer = await create({
      model: name,
      input: [
        { type: 'additional_tools', role: 'developer', tools: [{ type: 'namespace', name: 'functions', description: 'Tools', tools: [tools[0]] }] },
        { role: 'developer', content: 'Work.' },
        { role: 'user', content: 'Do it.' },
      ],
      tool_choice: 'required',
    })
    const [call] = calls(answer)
    assert.equal(call.name, 'get_weather')
    assert.equal(call.namespace, 'functions')
  },
}

matrix('responses', cases)
session.agrees()
