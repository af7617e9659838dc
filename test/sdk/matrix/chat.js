// Chat Completions, by OpenAI's SDK.
import OpenAI from 'openai'
import { pixelURL, schemas } from './common.js'

const tools = Object.entries(schemas).map(([name, parameters]) => ({ type: 'function', function: { name, parameters } }))

const image = { type: 'image_url', image_url: { url: pixelURL } }

// messages words the turns of a conversation.
function messages(turn) {
  if (turn.system) return [{ role: 'system', content: turn.system }]
  if (turn.answer) return [turn.answer.native]
  if (turn.results) return turn.results.map((r) => ({ role: 'tool', tool_call_id: r.call.id, content: r.text }))
  return [{ role: 'user', content: turn.image ? [{ type: 'text', text: turn.user }, image] : turn.user }]
}

function fields(ask) {
  return {
    model: ask.model,
    messages: ask.turns.flatMap(messages),
    ...(ask.tools && { tools }),
    ...(ask.schema && { response_format: { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema: ask.schema } } }),
    ...(ask.limit && { max_completion_tokens: ask.limit }),
    ...(ask.stop && { stop: ask.stop }),
    ...(ask.think && { reasoning_effort: 'high' }),
  }
}

// spoken is what a client keeps of a message: the fields that a request has.
function spoken({ content, tool_calls: calls }) {
  const kept = calls?.map(({ id, type, function: { name, arguments: args } }) => ({ id, type, function: { name, arguments: args } }))
  return { role: 'assistant', content, ...(kept?.length && { tool_calls: kept }) }
}

function view(whole, thoughts) {
  const { message, finish_reason: reason } = whole.choices[0]
  return {
    text: message.content ?? '', refusal: message.refusal ?? '', thoughts, reason, native: spoken(message),
    calls: (message.tool_calls ?? []).map((c) => ({ id: c.id, name: c.function.name, args: JSON.parse(c.function.arguments) })),
    usage: {
      input: whole.usage.prompt_tokens, output: whole.usage.completion_tokens,
      reasoning: whole.usage.completion_tokens_details?.reasoning_tokens ?? 0,
    },
  }
}

export class Chat {
  protocol = 'openai'

  constructor(url, key) {
    this.client = new OpenAI({ baseURL: url + '/v1', apiKey: key, maxRetries: 0 })
  }

  async whole(ask) {
    const answer = await this.client.chat.completions.create(fields(ask))
    return view(answer, answer.choices[0].message.reasoning_content ?? '')
  }

  async stream(ask) {
    let thoughts = ''
    const stream = this.client.chat.completions.stream({ ...fields(ask), stream_options: { include_usage: true } })
    stream.on('chunk', (chunk) => { thoughts += chunk.choices[0]?.delta.reasoning_content ?? '' })
    return view(await stream.finalChatCompletion(), thoughts)
  }
}
