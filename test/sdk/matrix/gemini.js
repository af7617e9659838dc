// generateContent, by Google's SDK.
import { GoogleGenAI } from '@google/genai'
import { pixel } from '../models.js'
import { schemas } from './common.js'

const functionDeclarations = Object.entries(schemas).map(([name, schema]) => ({ name, description: name, parametersJsonSchema: schema }))

const image = { inlineData: { mimeType: 'image/png', data: pixel } }

function result(r) {
  const response = { [r.failed ? 'error' : 'output']: r.text }
  return { functionResponse: { id: r.call.id, name: r.call.name, response, ...(r.image && { parts: [image] }) } }
}

function content(turn) {
  if (turn.answer) return turn.answer.native
  if (turn.results) return { role: 'user', parts: turn.results.map(result) }
  return { role: 'user', parts: [{ text: turn.user }, ...(turn.image ? [image] : [])] }
}

function fields(ask) {
  const system = ask.turns.find((t) => t.system)?.system
  return {
    model: ask.model,
    contents: ask.turns.filter((t) => !t.system).map(content),
    config: {
      ...(system && { systemInstruction: system }),
      ...(ask.tools && { tools: [{ functionDeclarations }] }),
      ...(ask.schema && { responseMimeType: 'application/json', responseJsonSchema: ask.schema }),
      ...(ask.limit && { maxOutputTokens: ask.limit }),
      ...(ask.stop && { stopSequences: ask.stop }),
      ...(ask.think && { thinkingConfig: { includeThoughts: true, thinkingLevel: 'HIGH' } }),
    },
  }
}

const textOf = (parts, thought) => parts.filter((p) => Boolean(p.thought) === thought).map((p) => p.text ?? '').join('')

// view reads the chunks of an answer; a whole one is a single chunk.
function view(chunks) {
  const candidates = chunks.flatMap((c) => c.candidates ?? [])
  const parts = candidates.flatMap((c) => c.content?.parts ?? [])
  const u = chunks.findLast((c) => c.usageMetadata).usageMetadata
  const text = textOf(parts, false)
  const why = candidates.map((c) => c.finishMessage ?? '').join('')
  const reason = candidates.findLast((c) => c.finishReason)?.finishReason
  return {
    text, thoughts: textOf(parts, true), refusal: why || (reason === 'SAFETY' ? text : ''), reason, native: { role: 'model', parts },
    calls: parts.filter((p) => p.functionCall).map(({ functionCall: c }) => ({ id: c.id, name: c.name, args: c.args ?? {} })),
    usage: {
      input: u.promptTokenCount + (u.toolUsePromptTokenCount ?? 0), output: (u.candidatesTokenCount ?? 0) + (u.thoughtsTokenCount ?? 0),
      reasoning: u.thoughtsTokenCount ?? 0, total: u.totalTokenCount,
    },
  }
}

export class Gemini {
  protocol = 'gemini'

  constructor(url, key) {
    this.client = new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: url, retryOptions: { attempts: 1 } } })
  }

  async whole(ask) { return view([await this.client.models.generateContent(fields(ask))]) }

  async stream(ask) { return view(await Array.fromAsync(await this.client.models.generateContentStream(fields(ask)))) }
}
