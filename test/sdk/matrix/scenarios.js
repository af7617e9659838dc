// The scenarios of the matrix. Each gets a cell whose channel stands ready and
// asserts what its client must get, whatever the upstream.
import assert from 'node:assert/strict'
import { askBoth, askWeather, personSchema, pixel } from '../models.js'
import { errors, reasons } from './expected.js'

const user = (text) => [{ user: text }]
const stream = { stream: true }

function ends(cell, answer, how) {
  assert.equal(answer.reason, reasons[how][cell.from], 'why the answer ended')
}

// called checks the calls of an answer: names, arguments, and ids that any
// provider would take back.
function called(cell, answer, ...wanted) {
  assert.deepEqual(answer.calls.map((c) => [c.name, c.args]), wanted)
  assert.equal(new Set(answer.calls.map((c) => c.id)).size, wanted.length, 'an id for each call')
  for (const { id } of answer.calls) assert.match(id, /^[a-zA-Z0-9_-]{1,64}$/)
  ends(cell, answer, 'tool')
}

const weather = ['get_weather', { city: 'Paris', days: 2 }]
const both = [['get_weather', { city: 'Paris' }], ['get_clock', { zone: 'Europe/Paris' }]]

// answered gives results to the calls of an answer and asks on.
function answered(cell, question, answer, results, how) {
  const turns = [{ user: question }, { answer }, { results: answer.calls.map((call, i) => ({ call, ...results[i] })) }]
  return cell.ask({ turns, tools: true }, how)
}

async function text(cell) {
  const turns = [{ system: 'Be brief.' }, { user: 'Repeat: héllo 世界 👋 [sim:echo]' }]
  const answer = await cell.ask({ turns })
  assert.match(answer.text, /héllo 世界 👋/)
  assert.deepEqual(answer.calls, [])
  ends(cell, answer, 'end')
  const [{ body }] = await cell.received()
  assert.match(body, /Be brief\./, 'the system prompt has arrived')
}

async function streamed(cell) {
  const turns = user('Tell me of the sea, 海 👋. [sim:tokens=60]')
  const answer = await cell.ask({ turns }, stream)
  ends(cell, answer, 'end')
  assert.equal(answer.text, (await cell.ask({ turns })).text, 'the stream says what the whole answer says')
}

async function oneTool(cell) {
  for (const how of [undefined, stream]) called(cell, await cell.ask({ turns: user(askWeather), tools: true }, how), weather)
}

async function parallelTools(cell) {
  for (const how of [undefined, stream]) called(cell, await cell.ask({ turns: user(askBoth), tools: true }, how), ...both)
}

async function roundTrip(cell) {
  const first = await cell.ask({ turns: user(askBoth), tools: true }, stream)
  const second = await answered(cell, askBoth, first, [{ text: 'violet rain' }, { text: 'high noon' }])
  assert.match(second.text, /violet rain/)
  assert.match(second.text, /high noon/)
  ends(cell, second, 'end')
}

// How each upstream is told that a tool has failed.
const failed = {
  chat: /"content":"Error: no such city"/, responses: /"output":"Error: no such city"/,
  anthropic: /"is_error": ?true/, gemini: /"error": ?"no such city"/, kiro: /"text": ?"Error: no such city"/,
}

async function toolError(cell) {
  const first = await cell.ask({ turns: user(askWeather), tools: true })
  const second = await answered(cell, askWeather, first, [{ text: 'no such city', failed: true }])
  assert.match(second.text, /no such city/)
  assert.match((await cell.received()).at(-1).body, failed[cell.to])
}

async function image(cell) {
  const answer = await cell.ask({ turns: [{ user: 'What is this?', image: true }] })
  assert.ok(answer.text.length > 0)
  ends(cell, answer, 'end')
  assert.ok((await cell.received())[0].body.includes(pixel), 'the image has arrived')
}

async function resultImage(cell) {
  const first = await cell.ask({ turns: user(askWeather), tools: true })
  await answered(cell, askWeather, first, [{ text: 'a picture of rain', image: true }])
  const { body } = (await cell.received()).at(-1)
  assert.match(body, /a picture of rain/)
  assert.ok(body.includes(pixel), 'the image has arrived')
}

async function schema(cell) {
  if (cell.to === 'kiro') return inWords(cell)
  for (const how of [undefined, stream]) {
    const answer = await cell.ask({ turns: user('Invent a person.'), schema: personSchema }, how)
    const person = JSON.parse(answer.text)
    assert.deepEqual(Object.keys(person).sort(), ['age', 'name', 'tags'])
    assert.ok(Number.isInteger(person.age))
    ends(cell, answer, 'end')
  }
}

// inWords is for an upstream that has no field for a schema: the model is told
// of it, and the client that it was only told.
async function inWords(cell) {
  const answer = await cell.ask({ turns: user('Invent a person. [sim:text={"name":"Ann","age":30}]'), schema: personSchema }, stream)
  assert.equal(JSON.parse(answer.text).name, 'Ann')
  assert.match((await cell.received()).at(-1).body, /Answer with JSON that follows this schema/)
  const [row] = await cell.ended()
  assert.ok(row.dropped.some((name) => /format|MimeType/.test(name)), `dropped: ${row.dropped}`)
}

async function reasoning(cell) {
  for (const how of [undefined, stream]) {
    const answer = await cell.ask({ turns: user('Think of it.'), think: true }, how)
    assert.ok(answer.usage.reasoning > 0, 'the reasoning is counted')
    assert.ok(answer.usage.reasoning < answer.usage.output)
    assert.ok(answer.text.length > 0)
    assert.ok(answer.thoughts.length > 0, 'the reasoning is shown')
    ends(cell, answer, 'end')
  }
}

async function limit(cell) {
  if (cell.to === 'kiro') return unlimited(cell)
  for (const how of [undefined, stream]) {
    const answer = await cell.ask({ turns: user('Talk for long. [sim:tokens=500]'), limit: 40 }, how)
    assert.ok(answer.usage.output <= 40)
    ends(cell, answer, 'limit')
  }
}

// unlimited is for an upstream whose models think within the limit: a small one
// would leave nothing of the answer, so it is dropped and named.
async function unlimited(cell) {
  const answer = await cell.ask({ turns: user('Talk for long. [sim:tokens=500]'), limit: 40 }, stream)
  ends(cell, answer, 'end')
  const [row] = await cell.ended()
  assert.ok(row.dropped.some((name) => /max.*tokens/i.test(name)), `dropped: ${row.dropped}`)
}

async function stop(cell) {
  for (const how of [undefined, stream]) {
    const answer = await cell.ask({ turns: user('[sim:text=one two STOP three]'), stop: ['STOP'] }, how)
    assert.equal(answer.text.trim(), 'one two')
    // Two upstreams know no stop sequences: the gateway leaves the stream there, before its numbers have come.
    cell.unmetered = ['responses', 'kiro'].includes(cell.to)
    // Two upstreams do not tell a stop sequence from an end.
    ends(cell, answer, ['chat', 'gemini'].includes(cell.to) ? 'end' : 'stop')
  }
}

async function refusal(cell) {
  for (const how of [undefined, stream]) {
    const answer = await cell.ask({ turns: user('Do it. [sim:refuse]') }, how)
    assert.deepEqual(answer.calls, [])
    const filtered = ['gemini', 'kiro'].includes(cell.to)
    ends(cell, answer, filtered ? 'filter' : 'refusal')
    // A filter gives no words for it.
    if (!filtered) assert.ok(answer.refusal.length > 0, 'the refusal is told')
  }
}

async function empty(cell) {
  if (cell.to === 'kiro') return askedAgain(cell)
  for (const how of [undefined, stream]) {
    const answer = await cell.ask({ turns: user('[sim:empty]') }, how)
    assert.equal(answer.text, '')
    assert.deepEqual(answer.calls, [])
    ends(cell, answer, 'end')
  }
}

// askedAgain is for an upstream whose answers are sometimes empty for no reason:
// the gateway asks three times, and then says so.
async function askedAgain(cell) {
  await cell.fault({ kind: 'empty', times: 2 })
  const answer = await cell.ask({ turns: user('Say it. [sim:text=ok]') }, stream)
  assert.equal(answer.text, 'ok')
  const err = await cell.fails({ turns: user('[sim:empty]') })
  assert.equal(err.status, 502)
  const rows = await cell.ended()
  assert.deepEqual(rows.map((r) => r.attempts.length), [3, 3])
  cell.unmetered = true // what the empty answers cost is told by none of them
}

function failure(cell, err, kind, message) {
  assert.equal(err.constructor.name, errors[cell.from][kind], `${err}`)
  assert.match(err.message, message)
}

async function early(cell) {
  const words = 'the sea is not a number'
  for (const [status, outcome, how] of [[400, 'bad_request'], [400, 'bad_request', stream], [429, 'upstream_error', stream]]) {
    await cell.fault({ kind: 'status', status, times: 1, message: words, retry_after: 90 })
    const err = await cell.fails({ turns: user('Hi') }, how)
    assert.equal(err.status, status)
    failure(cell, err, status, /the sea is not a number/)
    const row = (await cell.ended()).at(-1)
    assert.equal(row.outcome, outcome)
    assert.equal(row.status, status)
  }
  const { state, cooldowns } = await cell.gateway.admin(`/api/accounts/${cell.account.id}`)
  assert.ok(state === 'cooling' || cooldowns.length > 0, 'the account rests, or the model of it')
}

async function late(cell) {
  // Slowly, so that the head of the answer is sent before the error comes.
  await cell.fault({ kind: 'slow_chunks', delay_ms: 50 })
  await cell.fault({ kind: 'stream_error', status: 529, chunks: 6 })
  await cell.rested()
  const err = await cell.fails({ turns: user('Tell me of the sea. [sim:tokens=60]') }, stream)
  failure(cell, err, 'stream', /./)
  const [row] = await cell.ended()
  assert.equal(row.outcome, 'upstream_error')
  assert.notEqual(row.error, '')
  assert.equal(row.usage.source, 'estimated')
}

async function left(cell) {
  await cell.fault({ kind: 'slow_chunks', delay_ms: 20 })
  await cell.leave()
  cell.failures++
  const [row] = await cell.ended()
  assert.equal(row.outcome, 'client_gone')
  assert.equal(row.usage.source, 'estimated')
  assert.ok(row.usage.output_tokens > 0, 'what was read is counted')
  const cancelled = async () => (await cell.tallies()).reduce((n, t) => n + t.streams_cancelled, 0)
  while (await cancelled() === 0) await new Promise((resolve) => setTimeout(resolve, 20))
}

export const scenarios = {
  text, stream: streamed, 'one tool': oneTool, 'parallel tools': parallelTools, 'tool result round trip': roundTrip, 'tool error': toolError,
  image, 'image in a tool result': resultImage, 'JSON schema output': schema, reasoning, 'max tokens': limit, 'stop sequence': stop,
  refusal, 'empty answer': empty, 'error before the stream': early, 'error inside the stream': late, 'client leaves': left,
}
