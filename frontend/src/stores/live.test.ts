import { beforeEach, describe, expect, it, vi } from 'vitest'
import { account, channel, record, requestEvent, user } from '@/testing/records'
import { signedIn } from '@/testing/session'
import { useAccounts } from './accounts'
import { useChannels } from './channels'
import { useEvents } from './events'
import { useGateway } from './gateway'
import { useLogs } from './logs'
import { useRequests } from './requests'
import { useSession } from './session'
import { useStats } from './stats'
import { useUsers } from './users'

const config = (seq: number, kind: 'channel' | 'account' | 'user' | 'key' | 'settings', id: string) => ({
  seq,
  time: '',
  type: 'config' as const,
  data: { kind, id },
})

beforeEach(() => {
  vi.useFakeTimers()
  sessionStorage.clear()
  localStorage.clear()
})

describe('configuration', () => {
  it('follows changes of channels', async () => {
    const findChannel = vi.fn(() => Promise.resolve(channel({ name: 'renamed' })))
    const server = signedIn({ listChannels: () => Promise.resolve({ items: [channel()] }), findChannel })
    const channels = useChannels()
    channels.retain()
    await vi.runAllTimersAsync()
    server.listener().onEvent(config(1, 'channel', 'chn_1'))
    await vi.runAllTimersAsync()
    expect(channels.items[0]?.name).toBe('renamed')
  })

  it('loads the accounts again when their channel changes', async () => {
    const listAccounts = vi.fn(() => Promise.resolve({ items: [account()] }))
    const server = signedIn({ listAccounts })
    const accounts = useAccounts()
    accounts.retain()
    await vi.runAllTimersAsync()
    expect(accounts.byChannel.get('chn_1')).toHaveLength(1)
    server.listener().onEvent(config(1, 'channel', 'chn_1'))
    await vi.runAllTimersAsync()
    expect(listAccounts).toHaveBeenCalledTimes(2)
  })

  it('loads a user again after requests, at most every two seconds', async () => {
    const findUser = vi.fn(() => Promise.resolve(user({ used: { tokens: 15, requests: 1, cost_usd: 0 } })))
    const server = signedIn({ listUsers: () => Promise.resolve({ items: [user()] }), findUser })
    const users = useUsers()
    users.retain()
    await vi.runAllTimersAsync()
    for (let seq = 1; seq <= 30; seq++) server.listener().onEvent(requestEvent(seq, { id: `r${seq}` }))
    await vi.runAllTimersAsync()
    expect(findUser).toHaveBeenCalledTimes(1)
    expect(users.items[0]?.used.tokens).toBe(15)
  })

  it('keeps the secret of a new user out of the list', async () => {
    signedIn({ createUser: () => Promise.resolve({ ...user(), key: 'sk-aihub-secret' }) })
    const users = useUsers()
    const created = await users.create({ name: 'alice' })
    expect(created.key).toBe('sk-aihub-secret')
    expect(users.items[0]).not.toHaveProperty('key')
  })
})

describe('useEvents', () => {
  it('collects resets before everything is loaded again', async () => {
    const listUsers = vi.fn(() => Promise.resolve({ items: [] }))
    const server = signedIn({ listUsers })
    useUsers().retain()
    await vi.runAllTimersAsync()
    for (let i = 0; i < 10; i++) server.listener().onReset()
    await vi.runAllTimersAsync()
    expect(listUsers).toHaveBeenCalledTimes(2)
  })

  it('forgets what was loaded and asks nothing when the person signs out', async () => {
    const listUsers = vi.fn(() => Promise.resolve({ items: [user()] }))
    signedIn({ listUsers })
    const users = useUsers()
    users.retain()
    await vi.runAllTimersAsync()
    useSession().signOut()
    await vi.runAllTimersAsync()
    expect(users.items).toEqual([])
    expect(listUsers).toHaveBeenCalledTimes(1)
  })

  it('tells whether the server is there', () => {
    const server = signedIn({})
    const events = useEvents()
    server.listener().onConnected(false)
    expect(events.connected).toBe(false)
  })
})

describe('useGateway', () => {
  it('follows its events', () => {
    const server = signedIn({})
    const gateway = useGateway()
    const status = { running: true, url: 'http://127.0.0.1:8000', host: '127.0.0.1', port: 8000, error: '', in_flight: 0, version: 'v1' }
    server.listener().onEvent({ seq: 1, time: '', type: 'gateway', data: status })
    expect(gateway.status?.running).toBe(true)
    expect(gateway.url).toBe('http://127.0.0.1:8000')
  })
})

describe('useRequests', () => {
  it('counts what is in flight and never reopens what ended', () => {
    const server = signedIn({})
    const requests = useRequests()
    server.listener().onEvent(requestEvent(1, { id: 'a', outcome: 'in_flight' }))
    server.listener().onEvent(requestEvent(2, { id: 'b', outcome: 'in_flight' }))
    expect(requests.inFlight).toBe(2)
    server.listener().onEvent(requestEvent(3, { id: 'a', outcome: 'ok' }))
    server.listener().onEvent(requestEvent(4, { id: 'a', outcome: 'in_flight' }))
    expect(requests.inFlight).toBe(1)
  })

  it('keeps the newest rows and everything in flight', () => {
    const server = signedIn({})
    const requests = useRequests()
    server.listener().onEvent(requestEvent(1, { id: 'old', outcome: 'in_flight', time: '2020-01-01T00:00:00Z' }))
    for (let i = 0; i < 200; i++) {
      server.listener().onEvent(requestEvent(i + 2, { id: `r${i}`, time: new Date(1.7e12 + i * 1000).toISOString() }))
    }
    expect(requests.recent.length).toBeLessThanOrEqual(81)
    expect(requests.recent[0]?.id).toBe('r199')
    expect(requests.inFlight).toBe(1)
  })
})

describe('useStats', () => {
  it('sums again after requests ended, not while they begin', async () => {
    const findStats = vi.fn(() => Promise.resolve({ trend: [] }) as never)
    const server = signedIn({ findStats })
    const stats = useStats()
    stats.retain()
    await vi.runAllTimersAsync()
    expect(findStats).toHaveBeenCalledTimes(2)
    server.listener().onEvent(requestEvent(1, { outcome: 'in_flight' }))
    await vi.runAllTimersAsync()
    expect(findStats).toHaveBeenCalledTimes(2)
    for (let i = 0; i < 9; i++) server.listener().onEvent(requestEvent(i + 2))
    await vi.runAllTimersAsync()
    expect(findStats).toHaveBeenCalledTimes(4)
  })
})

describe('useLogs', () => {
  const page = (ids: string[], next?: string) => ({ items: ids.map((id) => record({ id })), next_cursor: next })

  async function opened(filter = {}) {
    const listLogs = vi
      .fn()
      .mockResolvedValueOnce(page(['a', 'b'], 'c1'))
      .mockResolvedValueOnce(page(['b', 'c']))
    const server = signedIn({ listLogs })
    const logs = useLogs()
    await logs.open(filter)
    return { logs, listLogs, emit: server.listener().onEvent }
  }

  it('appends pages without repeating rows', async () => {
    const { logs, listLogs } = await opened({ outcome: 'ok' })
    await logs.loadMore()
    expect(logs.rows.map((r) => r.id)).toEqual(['a', 'b', 'c'])
    expect(listLogs).toHaveBeenLastCalledWith({ outcome: 'ok', limit: 100, cursor: 'c1' })
    expect(logs.more).toBe(false)
    await logs.loadMore()
    expect(listLogs).toHaveBeenCalledTimes(2)
  })

  it('does not ask again and again for a page that fails', async () => {
    const listLogs = vi.fn().mockResolvedValueOnce(page(['a'], 'c1')).mockRejectedValue(new Error('down'))
    signedIn({ listLogs })
    const logs = useLogs()
    await logs.open({})
    await logs.loadMore()
    await logs.loadMore()
    expect(listLogs).toHaveBeenCalledTimes(2)
    expect(logs.error?.message).toBe('down')
    expect(logs.rows).toHaveLength(1)
  })

  it('puts new rows on top and changes known ones in place', async () => {
    const { logs, emit } = await opened()
    emit(requestEvent(1, { id: 'new', outcome: 'in_flight' }))
    emit(requestEvent(2, { id: 'b', outcome: 'upstream_error' }))
    expect(logs.rows.map((r) => [r.id, r.outcome])).toEqual([
      ['new', 'in_flight'],
      ['a', 'ok'],
      ['b', 'upstream_error'],
    ])
  })

  it('takes only what the filter selects', async () => {
    const { logs, emit } = await opened({ user: 'usr_1', outcome: 'ok' })
    emit(requestEvent(1, { id: 'other', user_id: 'usr_2' }))
    emit(requestEvent(2, { id: 'a', outcome: 'rejected' }))
    expect(logs.rows.map((r) => r.id)).toEqual(['b'])
  })

  it('lets new rows wait while the reader is further down', async () => {
    const { logs, emit } = await opened()
    logs.pause(true)
    emit(requestEvent(1, { id: 'x', outcome: 'in_flight' }))
    emit(requestEvent(2, { id: 'x', outcome: 'ok' }))
    expect(logs.rows).toHaveLength(2)
    expect(logs.waiting.map((r) => r.outcome)).toEqual(['ok'])
    logs.pause(false)
    expect(logs.rows.map((r) => r.id)).toEqual(['x', 'a', 'b'])
  })

  it('adds nothing while the tail is off', async () => {
    const { logs, emit } = await opened()
    logs.tail = false
    emit(requestEvent(1, { id: 'x' }))
    expect(logs.rows).toHaveLength(2)
  })
})
