import type { Account, Channel, HubEvent, LogRecord, User } from '@/api/types'

// Whole records for tests, with the fields that matter given.

export function channel(part: Partial<Channel> = {}): Channel {
  return {
    id: 'chn_1',
    name: 'OpenAI',
    provider: 'openai',
    base_url: '',
    api: 'auto',
    models: ['*'],
    aliases: {},
    priority: 0,
    weight: 1,
    policy: 'weighted',
    headers: {},
    proxy_url: '',
    price_multiplier: 1,
    enabled: true,
    created_at: '2026-01-01T00:00:00Z',
    updated_at: '2026-01-01T00:00:00Z',
    accounts: 0,
    ...part,
  }
}

export function account(part: Partial<Account> = {}): Account {
  return {
    id: 'acc_1',
    channel_id: 'chn_1',
    name: 'one',
    credential_hint: 'abcd',
    priority: 0,
    weight: 1,
    max_concurrency: 0,
    daily_share: 0,
    rpm: 0,
    proxy_url: '',
    models: [],
    tags: [],
    enabled: true,
    state: 'ready',
    state_reason: '',
    cooldowns: [],
    usage: null,
    in_flight: 0,
    last_error: '',
    created_at: '2026-01-01T00:00:00Z',
    updated_at: '2026-01-01T00:00:00Z',
    ...part,
  }
}

export function user(part: Partial<User> = {}): User {
  return {
    id: 'usr_1',
    name: 'alice',
    enabled: true,
    quota: { period: 'total' },
    used: { tokens: 0, requests: 0, cost_usd: 0 },
    rpm: 0,
    tpm: 0,
    concurrency: 0,
    models: [],
    allowed_ips: [],
    on_client_gone: { mode: 'cut' },
    keys: [],
    created_at: '2026-01-01T00:00:00Z',
    updated_at: '2026-01-01T00:00:00Z',
    ...part,
  }
}

export function record(part: Partial<LogRecord> = {}): LogRecord {
  return {
    id: 'req_1',
    time: '2026-01-01T12:00:00Z',
    user_id: 'usr_1',
    user_name: 'alice',
    key_id: 'key_1',
    client_protocol: 'openai',
    upstream_protocol: 'openai',
    requested_model: 'gpt-4o',
    upstream_model: 'gpt-4o',
    stream: false,
    channel_id: 'chn_1',
    channel_name: 'OpenAI',
    account_id: 'acc_1',
    account_name: 'one',
    status: 200,
    outcome: 'ok',
    error: '',
    attempts: [],
    usage: {
      input_tokens: 10,
      cache_read_tokens: 0,
      cache_write_tokens: 0,
      output_tokens: 5,
      reasoning_tokens: 0,
      source: 'reported',
    },
    queue_ms: 0,
    first_byte_ms: 100,
    duration_ms: 900,
    request_bytes: 100,
    response_bytes: 200,
    user_agent: '',
    client_ip: '127.0.0.1',
    dropped: [],
    ...part,
  }
}

export function requestEvent(seq: number, part: Partial<LogRecord> = {}): HubEvent {
  return { seq, time: '2026-01-01T12:00:00Z', type: 'request', data: record(part) }
}
