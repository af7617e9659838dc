// The models that the suites ask for, and the formats in which their channels
// take a request as it is; from all others it is converted.
export const models = [
  { name: 'gpt-5.1', native: ['openai', 'responses'] },
  { name: 'chat-model', native: ['openai'] },
  { name: 'responses-model', native: ['responses'] },
  { name: 'claude-sonnet-4-6', native: ['anthropic'] },
  { name: 'gemini-3-flash', native: ['gemini'] },
]

// pixel is a PNG of one red dot.
export const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=='

// The schemas of the two tools, and of the JSON answer.
export const weatherSchema = {
  type: 'object',
  properties: { city: { type: 'string', description: 'a city' }, days: { type: 'integer' } },
  required: ['city'],
  additionalProperties: false,
}
export const clockSchema = {
  type: 'object',
  properties: { zone: { type: 'string' } },
  required: ['zone'],
  additionalProperties: false,
}
export const personSchema = {
  type: 'object',
  properties: { name: { type: 'string' }, age: { type: 'integer' }, tags: { type: 'array', items: { type: 'string' } } },
  required: ['name', 'age', 'tags'],
  additionalProperties: false,
}

// Prompts that order the simulator to call tools.
export const askWeather = 'What is the weather in Paris? [sim:tool=get_weather args={"city":"Paris","days":2}]'
export const askBoth =
  'Weather and time please [sim:tool=get_weather args={"city":"Paris"}] [sim:tool=get_clock args={"zone":"Europe/Paris"}]'
