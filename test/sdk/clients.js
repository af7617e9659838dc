// clients holds the four ways to ask for the same thing: ask returns a whole
// text, stream reads a stream to its end and returns its text, leave abandons a
// stream after its first content.
import { GoogleGenAI } from '@google/genai'
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'

const prompt = 'Tell me of the sea. [sim:tokens=60]'

// firstContent reads a stream until piece finds text in an event, then aborts.
async function firstContent(stream, piece, abort) {
  for await (const event of stream) {
    if (piece(event)) break
  }
  abort()
}

async function joined(stream, piece) {
  let text = ''
  for await (const event of stream) text += piece(event) ?? ''
  return text
}

function openai(session, key) {
  return new OpenAI({ baseURL: session.gateway.url + '/v1', apiKey: key, fetch: session.fetch, maxRetries: 0 })
}

function chat(session, key) {
  const client = openai(session, key)
  const piece = (chunk) => chunk.choices[0]?.delta.content
  const fields = (model) => ({ model, messages: [{ role: 'user', content: prompt }] })
  const open = (model) => client.chat.completions.create({ ...fields(model), stream: true })
  return {
    ask: async (model) => (await client.chat.completions.create(fields(model))).choices[0].message.content,
    stream: async (model) => joined(await open(model), piece),
    leave: async (model) => { const s = await open(model); await firstContent(s, piece, () => s.controller.abort()) },
  }
}

function responses(session, key) {
  const client = openai(session, key)
  const piece = (event) => (event.type === 'response.output_text.delta' ? event.delta : undefined)
  const open = (model) => client.responses.create({ model, input: prompt, store: false, stream: true })
  return {
    ask: async (model) => (await client.responses.create({ model, input: prompt, store: false })).output_text,
    stream: async (model) => joined(failing(await open(model)), piece),
    leave: async (model) => { const s = await open(model); await firstContent(s, piece, () => s.controller.abort()) },
  }
}

// failing turns the event by which a Responses stream reports its failure into
// an error; the SDK leaves that to its caller. A stream without an end is one
// too.
async function* failing(stream) {
  let ended = false
  for await (const event of stream) {
    if (event.type === 'response.failed') throw new Error(event.response.error.message)
    ended ||= event.type === 'response.completed'
    yield event
  }
  if (!ended) throw new Error('the stream has no end')
}

function anthropic(session, key) {
  const client = new Anthropic({ baseURL: session.gateway.url, apiKey: key, fetch: session.fetch, maxRetries: 0 })
  const piece = (event) => event.delta?.text
  const fields = (model) => ({ model, max_tokens: 1000, messages: [{ role: 'user', content: prompt }] })
  return {
    ask: async (model) => (await client.messages.create(fields(model))).content.map((b) => b.text ?? '').join(''),
    stream: async (model) => (await client.messages.stream(fields(model)).finalText()),
    leave: async (model) => {
      const s = await client.messages.create({ ...fields(model), stream: true })
      await firstContent(s, piece, () => s.controller.abort())
    },
  }
}

function gemini(session, key) {
  const client = new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: session.gateway.url, retryOptions: { attempts: 1 } } })
  const fields = (model) => ({ model, contents: prompt })
  return {
    ask: async (model) => (await client.models.generateContent(fields(model))).text,
    stream: async (model) => finished(await client.models.generateContentStream(fields(model))),
    leave: async (model) => {
      const leaving = new AbortController()
      const s = await client.models.generateContentStream({ ...fields(model), config: { abortSignal: leaving.signal } })
      await firstContent(s, (chunk) => chunk.text, () => leaving.abort())
    },
  }
}

// finished reads a Gemini stream; one without a finish reason is no answer.
async function finished(stream) {
  let text = '', reason
  for await (const chunk of stream) {
    text += chunk.text ?? ''
    reason = chunk.candidates?.[0]?.finishReason ?? reason
  }
  if (!reason) throw new Error('the stream has no end')
  return text
}

export const clients = { chat, responses, anthropic, gemini }
