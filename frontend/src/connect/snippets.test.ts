import { describe, expect, it } from 'vitest'
import { channel } from '@/testing/records'
import { exampleModels, snippets, type Shell } from './snippets'

function texts(shell: Shell): Record<string, string> {
  const all = snippets({ baseUrl: 'http://127.0.0.1:9', key: 'sk-aihub-x', models: exampleModels([]), shell })
  return Object.fromEntries(all.map((s) => [s.id, s.blocks.map((b) => b.code).join('\n')]))
}

describe('snippets', () => {
  it('give every tool the form of the address that it wants', () => {
    const sh = texts('sh')
    expect(sh['claude-code']).toContain('ANTHROPIC_BASE_URL="http://127.0.0.1:9"\n')
    expect(sh.codex).toContain('base_url = "http://127.0.0.1:9/v1"')
    expect(sh.codex).toContain('wire_api = "responses"')
    expect(sh['gemini-cli']).toContain('GOOGLE_GEMINI_BASE_URL="http://127.0.0.1:9"')
    expect(sh['gemini-cli']).toContain('gemini-api-key')
    expect(sh['curl-openai']).toContain('http://127.0.0.1:9/v1/chat/completions')
    expect(sh['curl-anthropic']).toContain('anthropic-version: 2023-06-01')
    expect(sh['curl-gemini']).toContain('/v1beta/models/gemini-3.8-flash:generateContent')
  })

  it('hold the key in every one of them', () => {
    for (const shell of ['sh', 'powershell'] as const) {
      for (const text of Object.values(texts(shell))) expect(text).toContain('sk-aihub-x')
    }
  })

  it('are written for the shell', () => {
    expect(texts('powershell')['claude-code']).toContain('$env:ANTHROPIC_AUTH_TOKEN = "sk-aihub-x"')
    expect(texts('powershell')['curl-openai']).toContain('curl.exe')
  })
})

describe('exampleModels', () => {
  it('takes a name that a channel spells out, the first channel first', () => {
    const channels = [channel({ models: ['gpt-*', 'gpt-x'] }), channel({ models: ['gpt-y'] })]
    expect(exampleModels(channels).openai).toBe('gpt-x')
  })

  it('takes no pattern and no channel that is off', () => {
    const channels = [channel({ models: ['*'] }), channel({ models: ['off'], enabled: false })]
    expect(exampleModels(channels).openai).toBe('gpt-6-astra')
  })
})
