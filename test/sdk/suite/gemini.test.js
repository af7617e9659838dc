// Google's SDK, toward every kind of upstream.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FunctionCallingConfigMode, GoogleGenAI, Type } from '@google/genai'
import { Session, matrix } from '../session.js'
import { askBoth, askWeather, clockSchema, personSchema, pixel, weatherSchema } from '../models.js'

let client
const session = Session.open((s) => {
  client = new GoogleGenAI({ apiKey: s.gateway.key, httpOptions: { baseUrl: s.gateway.url } })
})

const functions = [
  { name: 'get_weather', description: 'Weather of a city', parametersJsonSchema: weatherSchema },
  { name: 'get_clock', description: 'Time of a zone', parametersJsonSchema: clockSchema },
]
const tools = [{ functionDeclarations: functions }]
const generate = (fields) => client.models.generateContent(fields)
const user = (...parts) => ({ role: 'user', parts })

// counted compares the row of an answer with what the client was told.
async function counted(answer) {
  const u = answer.usageMetadata
  const input = u.promptTokenCount + (u.toolUsePromptTokenCount ?? 0)
  const output = (u.candidatesTokenCount ?? 0) + (u.thoughtsTokenCount ?? 0)
  assert.equal(u.totalTokenCount, input + output)
  session.last = answer.sdkHttpResponse.headers['x-aihub-request-id']
  session.sent.add(session.last)
  return session.counted({ input, output })
}

const cases = {
  async 'a plain answer'(name, native) {
    const answer = await generate({ model: name, contents: 'Tell me of the sea.', config: { systemInstruction: 'Be brief.', temperature: 0.5 } })
    assert.ok(answer.text.length > 0)
    assert.equal(answer.candidates[0].finishReason, 'STOP')
    const row = await counted(answer)
    assert.equal(row.client_protocol, 'gemini')
    assert.equal(row.upstream_protocol === 'gemini', native)
  },

  async 'a stream'(name) {
    const chunks = await Array.fromAsync(await client.models.generateContentStream({ model: name, contents: 'Count the waves.' }))
    const last = chunks.at(-1)
    assert.ok(chunks.map((c) => c.text ?? '').join('').length > 0)
    assert.equal(last.candidates[0].finishReason, 'STOP')
    assert.ok(chunks.slice(0, -1).every((c) => !c.candidates?.[0]?.finishReason))
    assert.ok(last.usageMetadata.totalTokenCount > 0)
    await counted(last)
  },

  async 'a chat of two turns'(name) {
    const chat = client.chats.create({ model: name })
    await chat.sendMessage({ message: 'One.' })
    const answer = await chat.sendMessage({ message: 'Repeat: héllo 世界 👋 [sim:echo]' })
    assert.match(answer.text, /héllo 世界 👋/)
    assert.equal(chat.getHistory().length, 4)
  },

  async 'one function and its result'(name) {
    const first = await generate({ model: name, contents: askWeather, config: { tools } })
    assert.equal(first.functionCalls.length, 1)
    const [call] = first.functionCalls
    assert.equal(call.name, 'get_weather')
    assert.deepEqual(call.args, { city: 'Paris', days: 2 })
    const result = { functionResponse: { id: call.id, name: call.name, response: { output: 'violet' } } }
    const contents = [user({ text: askWeather }), first.candidates[0].content, user(result)]
    const second = await generate({ model: name, contents, config: { tools } })
    assert.match(second.text, /violet/)
    await counted(second)
  },

  async 'two functions in a stream'(name) {
    const chunks = await Array.fromAsync(await client.models.generateContentStream({ model: name, contents: askBoth, config: { tools } }))
    const parts = chunks.flatMap((c) => c.candidates?.[0]?.content?.parts ?? []).filter((p) => p.text !== '')
    const calls = parts.filter((p) => p.functionCall).map((p) => p.functionCall)
    assert.deepEqual(calls.map((c) => [c.name, c.args]), [['get_weather', { city: 'Paris' }], ['get_clock', { zone: 'Europe/Paris' }]])
    const results = calls.map((c, i) => ({ functionResponse: { id: c.id, name: c.name, response: { output: ['rain', 'noon'][i] } } }))
    const contents = [user({ text: askBoth }), { role: 'model', parts }, user(...results)]
    const second = await generate({ model: name, contents, config: { tools } })
    assert.match(second.text, /rain/)
    assert.match(second.text, /noon/)
  },

  async 'a forced function'(name) {
    const toolConfig = { functionCallingConfig: { mode: FunctionCallingConfigMode.ANY, allowedFunctionNames: ['get_clock'] } }
    const answer = await generate({ model: name, contents: 'Do it.', config: { tools, toolConfig } })
    assert.equal(answer.functionCalls?.[0].name, 'get_clock')
  },

  async 'thoughts'(name) {
    const answer = await generate({
      model: name, contents: 'Think of it.', config: { thinkingConfig: { includeThoughts: true, thinkingLevel: 'HIGH' } },
    })
    assert.ok(answer.usageMetadata.thoughtsTokenCount > 0)
    assert.ok(answer.text.length > 0)
    const thoughts = answer.candidates[0].content.parts.filter((p) => p.thought)
    if (name !== 'chat-model') assert.ok(thoughts.length > 0, 'a thought part')
    await counted(answer)
  },

  async 'an answer by a schema'(name) {
    const answer = await generate({
      model: name, contents: 'Invent a person.', config: { responseMimeType: 'application/json', responseJsonSchema: personSchema },
    })
    assert.deepEqual(Object.keys(JSON.parse(answer.text)).sort(), ['age', 'name', 'tags'])
  },

  async "an answer by Google's own schema"(name) {
    const responseSchema = {
      type: Type.OBJECT, required: ['word'], properties: { word: { type: Type.STRING }, size: { type: Type.INTEGER, nullable: true } },
    }
    const answer = await generate({ model: name, contents: 'A word.', config: { responseMimeType: 'application/json', responseSchema } })
    assert.equal(typeof JSON.parse(answer.text).word, 'string')
  },

  async 'an image'(name) {
    const answer = await generate({ model: name, contents: [user({ inlineData: { mimeType: 'image/png', data: pixel } }, { text: 'What is this?' })] })
    assert.ok(answer.text.length > 0)
  },

  async 'the end at a limit'(name) {
    const answer = await generate({ model: name, contents: 'Talk for long. [sim:tokens=500]', config: { maxOutputTokens: 40 } })
    assert.equal(answer.candidates[0].finishReason, 'MAX_TOKENS')
    await counted(answer)
  },

  async 'counting without asking'(name) {
    const short = await client.models.countTokens({ model: name, contents: 'One word.' })
    const long = await client.models.countTokens({ model: name, contents: 'One word. '.repeat(200) })
    assert.ok(long.totalTokens > 10 * short.totalTokens)
  },
}

matrix('gemini', cases)

test('embeddings', async () => {
  const model = 'gemini-embedding-001'
  const config = { outputDimensionality: 256 }
  const one = await client.models.embedContent({ model, contents: 'the sea', config })
  assert.equal(one.embeddings[0].values.length, 256)
  const two = await client.models.embedContent({ model, contents: ['the sea', 'the sky'], config })
  assert.equal(two.embeddings.length, 2)
  assert.deepEqual(two.embeddings[0].values, one.embeddings[0].values)
})

test('the list of models', async () => {
  const names = []
  for await (const model of await client.models.list()) names.push(model.name)
  assert.ok(names.includes('models/gemini-3-flash'), names.join())
  const one = await client.models.get({ model: 'gemini-3-flash' })
  assert.equal(one.name, 'models/gemini-3-flash')
})

session.agrees()
