// Messages, by Anthropic's SDK.
import Anthropic from '@anthropic-ai/sdk'
import { pixel } from '../models.js'
import { schemas } from './common.js'

const tools = Object.entries(schemas).map(([name, schema]) => ({ name, input_schema: schema }))

const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: pixel } }
const withImage = (text) => [{ type: 'text', text }, image]

function result(r) {
  return { type: 'tool_result', tool_use_id: r.call.id, content: r.image ? withImage(r.text) : r.text, ...(r.failed && { is_error: true }) }
}

function message(turn) {
  if (turn.answer) return { role: 'assistant', content: turn.answer.native }
  if (turn.results) return { role: 'user', content: turn.results.map(result) }
  return { role: 'user', content: turn.image ? withImage(turn.user) : turn.user }
}

function fields(ask) {
  const system = ask.turns.find((t) => t.system)?.system
  return {
    model: ask.model, max_tokens: ask.limit ?? 8000,
    messages: ask.turns.filter((t) => !t.system).map(message),
    ...(system && { system }),
    ...(ask.tools && { tools }),
    ...(ask.schema && { output_config: { format: { type: 'json_schema', schema: ask.schema } } }),
    ...(ask.stop && { stop_sequences: ask.stop }),
    ...(ask.think && { thinking: { type: 'adaptive', display: 'summarized' }, output_config: { effort: 'high' } }),
  }
}

const joined = (whole, field) => whole.content.map((block) => block[field] ?? '').join('')

function view(whole) {
  const u = whole.usage
  return {
    text: joined(whole, 'text'), refusal: whole.stop_details?.explanation ?? '', thoughts: joined(whole, 'thinking'),
    reason: whole.stop_reason, sequence: whole.stop_sequence, native: whole.content,
    calls: whole.content.filter((b) => b.type === 'tool_use').map((c) => ({ id: c.id, name: c.name, args: c.input })),
    usage: {
      input: u.input_tokens + (u.cache_read_input_tokens ?? 0) + (u.cache_creation_input_tokens ?? 0), output: u.output_tokens,
      reasoning: u.output_tokens_details?.thinking_tokens ?? 0,
    },
  }
}

export class Messages {
  protocol = 'anthropic'

  constructor(url, key) {
    this.client = new Anthropic({ baseURL: url, apiKey: key, maxRetries: 0 })
  }

  async whole(ask) { return view(await this.client.messages.create(fields(ask))) }

  async stream(ask) { return view(await this.client.messages.stream(fields(ask)).finalMessage()) }
}
