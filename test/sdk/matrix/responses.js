// Responses, by OpenAI's SDK.
import OpenAI from 'openai'
import { pixelURL, schemas } from './common.js'

const tools = Object.entries(schemas).map(([name, parameters]) => ({ type: 'function', name, parameters, strict: false }))

const image = { type: 'input_image', image_url: pixelURL, detail: 'auto' }
const withImage = (text) => [{ type: 'input_text', text }, image]

function items(turn) {
  if (turn.system) return [{ role: 'developer', content: turn.system }]
  if (turn.answer) return turn.answer.native
  if (turn.results) {
    return turn.results.map((r) => ({ type: 'function_call_output', call_id: r.call.id, output: r.image ? withImage(r.text) : r.text }))
  }
  return [{ role: 'user', content: turn.image ? withImage(turn.user) : turn.user }]
}

function fields(ask) {
  return {
    model: ask.model, store: false,
    input: ask.turns.flatMap(items),
    ...(ask.tools && { tools }),
    ...(ask.schema && { text: { format: { type: 'json_schema', name: 'answer', strict: true, schema: ask.schema } } }),
    ...(ask.limit && { max_output_tokens: ask.limit }),
    ...(ask.think && { reasoning: { effort: 'high', summary: 'auto' }, include: ['reasoning.encrypted_content'] }),
  }
}

const joined = (list, field) => list.map((part) => part?.[field] ?? '').join('')

// The stream helper adds what it parsed; a client sends the items as they came.
function spoken({ parsed_arguments: _, ...item }) {
  if (item.type !== 'message') return item
  return { ...item, content: item.content.map(({ parsed: _, ...part }) => part) }
}

function view(whole) {
  const parts = whole.output.flatMap((item) => (item.type === 'message' ? item.content : []))
  const thoughts = whole.output.filter((item) => item.type === 'reasoning').flatMap((item) => [...item.summary, ...(item.content ?? [])])
  const because = whole.incomplete_details?.reason
  return {
    text: joined(parts, 'text'), refusal: joined(parts, 'refusal'), thoughts: joined(thoughts, 'text'),
    reason: because ? `${whole.status}/${because}` : whole.status, native: whole.output.map(spoken),
    calls: whole.output.filter((item) => item.type === 'function_call').map((c) => ({ id: c.call_id, name: c.name, args: JSON.parse(c.arguments) })),
    usage: {
      input: whole.usage.input_tokens, output: whole.usage.output_tokens, reasoning: whole.usage.output_tokens_details.reasoning_tokens,
    },
  }
}

export class Responses {
  protocol = 'responses'

  constructor(url, key) {
    this.client = new OpenAI({ baseURL: url + '/v1', apiKey: key, maxRetries: 0 })
  }

  async whole(ask) { return view(await this.client.responses.create(fields(ask))) }

  async stream(ask) { return view(await this.client.responses.stream(fields(ask)).finalResponse()) }
}
