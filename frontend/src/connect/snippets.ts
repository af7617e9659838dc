import type { Channel, Provider } from '@/api/types'

export type Shell = 'sh' | 'powershell'

/** What a snippet needs to work when it is pasted. */
export interface Connection {
  baseUrl: string
  key: string
  models: Readonly<Record<Provider, string>>
  shell: Shell
}

/** One way to reach the gateway: a command, or a piece of a file. */
export interface Snippet {
  id: 'claude-code' | 'codex' | 'gemini-cli' | 'curl-openai' | 'curl-anthropic' | 'curl-gemini'
  label: string
  /** The name of the file that the text goes into; none for a command. */
  blocks: readonly { file?: string; code: string }[]
}

/** Stands for a key that the reader has to put in. */
export const keyPlaceholder = 'sk-aihub-…'

const fallbackModels: Readonly<Record<Provider, string>> = {
  openai: 'gpt-6-astra',
  anthropic: 'claude-sonnet-5',
  gemini: 'gemini-3.8-flash',
  kiro: 'claude-sonnet-5',
}

/** For each provider a model that its channels name in full, else a well-known one. */
export function exampleModels(channels: readonly Channel[]): Record<Provider, string> {
  const models = { ...fallbackModels }
  for (const channel of [...channels].reverse()) {
    const names = [...Object.keys(channel.aliases), ...channel.models]
    const name = names.find((n) => !n.includes('*'))
    if (channel.enabled && name) models[channel.provider] = name
  }
  return models
}

/** The snippets in the order in which they are offered. */
export function snippets(c: Connection): Snippet[] {
  return [claudeCode(c), codex(c), geminiCli(c), ...curls(c)]
}

function env(c: Connection, name: string, value: string): string {
  return c.shell === 'sh' ? `export ${name}="${value}"` : `$env:${name} = "${value}"`
}

function claudeCode(c: Connection): Snippet {
  const code = [env(c, 'ANTHROPIC_BASE_URL', c.baseUrl), env(c, 'ANTHROPIC_AUTH_TOKEN', c.key), 'claude']
  return { id: 'claude-code', label: 'Claude Code', blocks: [{ code: code.join('\n') }] }
}

// Codex ignores OPENAI_BASE_URL; only its file names another address.
function codex(c: Connection): Snippet {
  const config = [
    `model = "${c.models.openai}"`,
    'model_provider = "aihub"',
    '',
    '[model_providers.aihub]',
    'name = "AiHub"',
    `base_url = "${c.baseUrl}/v1"`,
    'env_key = "AIHUB_KEY"',
    'wire_api = "responses"',
  ]
  return {
    id: 'codex',
    label: 'Codex',
    blocks: [
      { file: '~/.codex/config.toml', code: config.join('\n') },
      { code: [env(c, 'AIHUB_KEY', c.key), 'codex'].join('\n') },
    ],
  }
}

// With a base URL and no chosen way to sign in, Gemini CLI stops with "Invalid
// auth method selected"; the settings file chooses one.
function geminiCli(c: Connection): Snippet {
  const settings = '{ "security": { "auth": { "selectedType": "gemini-api-key" } } }'
  const code = [env(c, 'GOOGLE_GEMINI_BASE_URL', c.baseUrl), env(c, 'GEMINI_API_KEY', c.key), 'gemini']
  return {
    id: 'gemini-cli',
    label: 'Gemini CLI',
    blocks: [{ file: '~/.gemini/settings.json', code: settings }, { code: code.join('\n') }],
  }
}

function curls(c: Connection): Snippet[] {
  const message = { role: 'user', content: 'Say hello.' }
  const openai = { model: c.models.openai, messages: [message] }
  const anthropic = { model: c.models.anthropic, max_tokens: 100, messages: [message] }
  const gemini = { contents: [{ role: 'user', parts: [{ text: 'Say hello.' }] }] }
  const path = `/v1beta/models/${c.models.gemini}:generateContent`
  return [
    curl(c, 'curl-openai', 'curl · OpenAI', '/v1/chat/completions', `Authorization: Bearer ${c.key}`, openai),
    curl(c, 'curl-anthropic', 'curl · Anthropic', '/v1/messages', `x-api-key: ${c.key}`, anthropic),
    curl(c, 'curl-gemini', 'curl · Gemini', path, `x-goog-api-key: ${c.key}`, gemini),
  ]
}

function curl(c: Connection, id: Snippet['id'], label: string, path: string, auth: string, body: object): Snippet {
  const json = JSON.stringify(body)
  const version = id === 'curl-anthropic' ? ['-H "anthropic-version: 2023-06-01"'] : []
  const sh = [`curl ${c.baseUrl}${path}`, `-H "${auth}"`, ...version, '-H "content-type: application/json"', `-d '${json}'`]
  // In PowerShell `curl` is another program, and a body in the command line loses its quotes.
  const ps = [`'${json}' | curl.exe ${c.baseUrl}${path}`, `-H "${auth}"`, ...version, '-H "content-type: application/json"', '-d "@-"']
  const code = c.shell === 'sh' ? sh.join(' \\\n  ') : ps.join(' `\n  ')
  return { id, label, blocks: [{ code }] }
}
