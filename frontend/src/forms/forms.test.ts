import { describe, expect, it } from 'vitest'
import { account, channel, user } from '@/testing/records'
import { accountForm, accountInput, checkAccount, newAccountForm } from './account'
import { channelForm, channelInput, checkChannel, newChannelForm, switchProvider } from './channel'
import { fromPairs, repeatedKey } from './pairs'
import { checkSettings, settingsChanges, settingsForm } from './settings'
import { checkUser, newUserForm, userForm, userInput } from './user'

describe('channel', () => {
  it('is fine as it begins, for every provider', () => {
    for (const provider of ['openai', 'anthropic', 'gemini', 'kiro'] as const) {
      expect(checkChannel(newChannelForm(provider))).toEqual({})
    }
  })

  it('names every field that is wrong', () => {
    const form = {
      ...newChannelForm('openai'),
      name: ' ',
      base_url: 'ftp://x',
      aliases: [{ key: 'a', value: '' }],
      weight: 0,
      headers: [{ key: 'bad header', value: 'x' }],
      proxy_url: 'nowhere',
      price_multiplier: -1,
    }
    expect(Object.keys(checkChannel(form)).sort()).toEqual(
      ['aliases', 'base_url', 'headers', 'name', 'price_multiplier', 'proxy_url', 'weight'].sort(),
    )
  })

  it('sends back what it was given', () => {
    const given = channel({ aliases: { 'gpt-4': 'gpt-4o' }, headers: { 'X-Org': '***' }, priority: 5 })
    expect(channelInput(channelForm(given))).toMatchObject({
      name: given.name,
      aliases: given.aliases,
      headers: given.headers,
      priority: 5,
    })
  })

  it('changes presets and not what was typed when the provider changes', () => {
    const typed = { ...newChannelForm('openai'), name: 'Mine' }
    expect(switchProvider(typed, 'anthropic')).toMatchObject({ name: 'Mine', models: ['claude-*'] })
    const untouched = switchProvider({ ...newChannelForm('openai'), models: ['my-model'] }, 'gemini')
    expect(untouched).toMatchObject({ name: 'Google Gemini', models: ['my-model'] })
  })

  it('leaves the API format to OpenAI channels', () => {
    const form = { ...newChannelForm('openai'), api: 'chat' as const }
    expect(switchProvider(form, 'kiro').api).toBe('auto')
  })
})

describe('pairs', () => {
  it('drops rows without a key and trims', () => {
    expect(fromPairs([{ key: ' a ', value: ' 1 ' }, { key: '', value: 'x' }])).toEqual({ a: '1' })
  })

  it('finds a key that is there twice', () => {
    expect(repeatedKey([{ key: 'a', value: '' }, { key: 'a ', value: '' }])).toBe('a')
  })
})

describe('account', () => {
  it('needs a credential when it is new and keeps the stored one later', () => {
    expect(checkAccount(newAccountForm(), 'openai', true)).toHaveProperty(['credential.api_key'])
    expect(checkAccount(accountForm(account()), 'openai', false)).toEqual({})
    expect(accountInput(accountForm(account()), 'openai')).not.toHaveProperty('credential')
  })

  it('trims the key and refuses one with a space inside', () => {
    const form = { ...newAccountForm(), api_key: ' sk-abc\n' }
    expect(checkAccount(form, 'openai', true)).toEqual({})
    expect(accountInput(form, 'openai').credential).toEqual({ api_key: 'sk-abc' })
    expect(checkAccount({ ...form, api_key: 'sk abc' }, 'openai', true)).toHaveProperty(['credential.api_key'])
  })

  it('leaves an empty name to the server', () => {
    expect(accountInput({ ...newAccountForm(), api_key: 'k' }, 'openai')).not.toHaveProperty('name')
  })

  it('asks of Kiro what the way to sign in needs', () => {
    const form = { ...newAccountForm(), refresh_token: 'aor', auth_method: 'builder-id' as const }
    expect(Object.keys(checkAccount(form, 'kiro', true))).toEqual(['credential.client_id', 'credential.client_secret'])
    expect(checkAccount({ ...form, auth_method: 'social' }, 'kiro', true)).toEqual({})
    expect(accountInput({ ...form, auth_method: 'social' }, 'kiro').credential).toEqual({
      refresh_token: 'aor',
      auth_method: 'social',
      region: 'us-east-1',
    })
  })

  it('takes an API key for Kiro', () => {
    const form = { ...newAccountForm(), auth_method: 'api_key' as const, api_key: 'ksk_1' }
    expect(checkAccount(form, 'kiro', true)).toEqual({})
    expect(accountInput(form, 'kiro').credential).toEqual({ api_key: 'ksk_1' })
  })
})

describe('user', () => {
  it('sends only the limits that are set, zero included', () => {
    const form = { ...newUserForm(), name: 'a', tokens: 0, cost_usd: 1.5 }
    expect(userInput(form).quota).toEqual({ period: 'month', tokens: 0, cost_usd: 1.5 })
  })

  it('removes the end by null and sends a time in UTC', () => {
    expect(userInput(newUserForm()).expires_at).toBeNull()
    const at = Date.parse('2030-01-01T00:00:00Z')
    expect(userInput({ ...newUserForm(), expires_at: at }).expires_at).toBe('2030-01-01T00:00:00.000Z')
  })

  it('sends the seconds of a drain only with it', () => {
    const form = { ...newUserForm(), name: 'a', gone_seconds: 0 }
    expect(userInput(form).on_client_gone).toEqual({ mode: 'cut' })
    expect(checkUser(form)).toEqual({})
    expect(Object.keys(checkUser({ ...form, gone: 'drain_for' }))).toEqual(['on_client_gone.seconds'])
    expect(userInput({ ...form, gone: 'drain_for', gone_seconds: 30 }).on_client_gone).toEqual({ mode: 'drain_for', seconds: 30 })
  })

  it('sends back what it was given', () => {
    const given = user({ quota: { period: '5h', requests: 7 }, rpm: 3, allowed_ips: ['10.0.0.0/8'] })
    expect(userInput(userForm(given))).toMatchObject({ quota: given.quota, rpm: 3, tpm: 0, allowed_ips: ['10.0.0.0/8'] })
  })

  it.each([
    ['10.0.0.1', true],
    ['10.0.0.0/8', true],
    ['::1', true],
    ['2001:db8::/32', true],
    ['300.1.1.1', false],
    ['10.0.0.0/33', false],
    ['10.0.0.0/8/8', false],
    ['localhost', false],
  ])('address %s: %s', (ip, fine) => {
    expect('allowed_ips' in checkUser({ ...newUserForm(), name: 'a', allowed_ips: [ip] })).toBe(!fine)
  })
})

describe('settings', () => {
  const server = {
    port: 0,
    max_body_mb: 64,
    log_days: 30,
    log_mb: 0,
    capture: 'off' as const,
    capture_kb: 1024,
    first_byte_timeout_s: 600,
    allowed_hosts: [],
    allowed_origins: [],
    gateway_autostart: true,
    close_to_tray: true,
    queue_wait_s: 30,
    max_attempts: 4,
    sticky_minutes: 60,
    health_test_minutes: 0,
    kiro_client_version: '1.1.70',
    webhook_url: '',
    webhook_secret: '',
  }

  it('sends what changed and nothing else', () => {
    const form = { ...settingsForm(server), log_days: 7, allowed_hosts: ['nas.lan'] }
    expect(settingsChanges(form, server)).toEqual({ log_days: 7, allowed_hosts: ['nas.lan'] })
    expect(settingsChanges(settingsForm(server), server)).toEqual({})
  })

  it('sends 0 for an empty port', () => {
    expect(settingsChanges({ ...settingsForm({ ...server, port: 9000 }), port: null }, { ...server, port: 9000 })).toEqual({ port: 0 })
  })

  it.each([
    [{ port: 65_536 }, 'port'],
    [{ max_body_mb: null }, 'max_body_mb'],
    [{ log_days: 0 }, 'log_days'],
    [{ capture_kb: 0 }, 'capture_kb'],
    [{ first_byte_timeout_s: 1.5 }, 'first_byte_timeout_s'],
    [{ allowed_hosts: ['http://x'] }, 'allowed_hosts'],
    [{ allowed_origins: ['https://a.example/path'] }, 'allowed_origins'],
    [{ kiro_client_version: '1.1 beta' }, 'kiro_client_version'],
    [{ queue_wait_s: 601 }, 'queue_wait_s'],
    [{ max_attempts: 0 }, 'max_attempts'],
    [{ sticky_minutes: null }, 'sticky_minutes'],
    [{ health_test_minutes: 1.5 }, 'health_test_minutes'],
  ])('refuses %j', (part, field) => {
    expect(Object.keys(checkSettings({ ...settingsForm(server), ...part }))).toEqual([field])
  })
})

describe('the admin key of an account', () => {
  it('is sent when it was typed, and empty when it is to go', () => {
    const stored = accountForm(account({ admin_key_hint: 'wxyz' }))
    expect(accountInput(stored, 'openai')).not.toHaveProperty('admin_key')
    expect(accountInput({ ...stored, admin_key: ' sk-admin-1 ' }, 'openai')).toMatchObject({ admin_key: 'sk-admin-1' })
    expect(accountInput({ ...stored, remove_admin_key: true }, 'anthropic')).toMatchObject({ admin_key: '' })
    expect(accountInput({ ...stored, admin_key: 'x', remove_admin_key: true }, 'gemini')).not.toHaveProperty('admin_key')
  })

  it('has no spaces inside', () => {
    expect(checkAccount({ ...newAccountForm(), api_key: 'k', admin_key: 'a b' }, 'openai', true)).toHaveProperty('admin_key')
  })
})
