import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { useSession } from './session'

const storageKey = 'aihub.admin-key'

function answer(status: number): void {
  const problem = { code: status === 401 ? 'unauthorized' : 'internal', detail: 'no' }
  const body = JSON.stringify(status === 200 ? { running: true } : problem)
  vi.stubGlobal('fetch', vi.fn(() => Promise.resolve(new Response(body, { status }))))
}

describe('useSession', () => {
  beforeEach(() => {
    localStorage.clear()
    sessionStorage.clear()
    setActivePinia(createPinia())
  })

  it('keeps a right key for the tab only', async () => {
    answer(200)
    const session = useSession()
    await session.signIn('right', false)
    expect(session.signedIn).toBe(true)
    expect(sessionStorage.getItem(storageKey)).toBe('right')
    expect(localStorage.getItem(storageKey)).toBeNull()
  })

  it('keeps it on the device when asked', async () => {
    answer(200)
    await useSession().signIn('right', true)
    expect(localStorage.getItem(storageKey)).toBe('right')
  })

  it('keeps no wrong key', async () => {
    answer(401)
    const session = useSession()
    await expect(session.signIn('wrong', true)).rejects.toMatchObject({ code: 'unauthorized' })
    expect(session.signedIn).toBe(false)
    expect(session.expired).toBe(false)
    expect(localStorage.getItem(storageKey)).toBeNull()
  })

  it('tries a remembered key with one request before anything else', async () => {
    localStorage.setItem(storageKey, 'old')
    answer(401)
    const session = useSession()
    expect(session.checked).toBe(false)
    await session.check()
    expect(fetch).toHaveBeenCalledTimes(1)
    expect(session).toMatchObject({ checked: true, signedIn: false, expired: true })
    expect(localStorage.getItem(storageKey)).toBeNull()
  })

  it('keeps a remembered key when the server cannot answer', async () => {
    localStorage.setItem(storageKey, 'right')
    vi.stubGlobal('fetch', vi.fn(() => Promise.reject(new TypeError('down'))))
    const session = useSession()
    await session.check()
    expect(session).toMatchObject({ checked: true, signedIn: true })
  })

  it('signs out everywhere on a 401 of any call', async () => {
    localStorage.setItem(storageKey, 'right')
    const session = useSession()
    answer(401)
    await expect(session.api.listUsers()).rejects.toMatchObject({ code: 'unauthorized' })
    expect(session).toMatchObject({ signedIn: false, expired: true })
  })
})
