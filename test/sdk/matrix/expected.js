// What the formats can say, as data: the words for why an answer ended, the
// classes of errors, and what a format has no words for.

// Why an answer ended, in each client's words.
export const reasons = {
  end: { chat: 'stop', responses: 'completed', anthropic: 'end_turn', gemini: 'STOP' },
  tool: { chat: 'tool_calls', responses: 'completed', anthropic: 'tool_use', gemini: 'STOP' },
  limit: { chat: 'length', responses: 'incomplete/max_output_tokens', anthropic: 'max_tokens', gemini: 'MAX_TOKENS' },
  stop: { chat: 'stop', responses: 'completed', anthropic: 'stop_sequence', gemini: 'STOP' },
  refusal: { chat: 'stop', responses: 'completed', anthropic: 'refusal', gemini: 'SAFETY' },
  filter: { chat: 'content_filter', responses: 'incomplete/content_filter', anthropic: 'refusal', gemini: 'SAFETY' },
}

// The classes of the SDKs' errors, by status; "stream" is one after the head
// of the answer was sent with 200.
export const errors = {
  chat: { 400: 'BadRequestError', 429: 'RateLimitError', stream: 'APIError' },
  responses: { 400: 'BadRequestError', 429: 'RateLimitError', stream: 'APIError' },
  anthropic: { 400: 'BadRequestError', 429: 'RateLimitError', stream: 'APIError' },
  gemini: { 400: 'ApiError', 429: 'ApiError', stream: 'ApiError' },
}

// What a client's format cannot say, whatever the upstream.
export const inexpressible = {
  'tool error': {
    chat: 'A result has no mark for failure; its text has to tell.',
    responses: 'A result has no mark for failure; its text has to tell.',
  },
  'image in a tool result': { chat: 'A result of a tool is text only.' },
  'stop sequence': { responses: 'A request has no field for stop sequences.' },
}

// What to know of cells that work: by scenario, a text and where it applies.
export const remarks = {
  'tool error': [{ text: 'The result begins with `Error: `.', on: (from, to) => ['chat', 'responses', 'kiro'].includes(to) }],
  'image in a tool result': [{ text: 'The image follows in a message of the user.', on: (from, to) => to === 'chat' }],
  'JSON schema output': [{ text: 'The upstream has no field for a schema; the model is told of it in words, and the answer names the field as dropped.', on: (from, to) => to === 'kiro' }],
  'max tokens': [{ text: 'A small limit is dropped and named: the models think within it. Limits from 8192 tokens on are kept.', on: (from, to) => to === 'kiro' }],
  'empty answer': [{ text: 'Kiro sends empty answers for no reason: the gateway asks up to three times, then answers with an error.', on: (from, to) => to === 'kiro' }],
  'stop sequence': [
    {
      text: 'The upstream knows no stop sequences; the gateway ends the answer itself. It leaves a stream there, whose token numbers are estimates then.',
      on: (from, to) => ['responses', 'kiro'].includes(to),
    },
    { text: 'The upstream does not tell a stop sequence from an end: `stop_reason` is `end_turn`.', on: (from, to) => from === 'anthropic' && ['chat', 'gemini'].includes(to) },
  ],
}
