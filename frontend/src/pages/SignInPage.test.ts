import { flushPromises } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { useSession } from '@/stores/session'
import { mounted } from '@/testing/mounted'
import SignInPage from './SignInPage.vue'

let wrapper: ReturnType<typeof mounted>

function serve(respond: () => Response | Promise<Response>): void {
  vi.stubGlobal('fetch', vi.fn(() => Promise.resolve().then(respond)))
}

const problem = (status: number, code: string, headers = {}) =>
  new Response(JSON.stringify({ code, detail: 'no' }), { status, headers })

async function tryKey(key: string): Promise<void> {
  wrapper = mounted(SignInPage)
  await wrapper.get('[data-test="admin-key"] input').setValue(key)
  await wrapper.get('form').trigger('submit')
  await flushPromises()
}

const message = () => wrapper.get('[data-test="sign-in-error"]').text()
const button = () => wrapper.get('[data-test="sign-in-submit"]')

describe('SignInPage', () => {
  beforeEach(() => {
    localStorage.clear()
    sessionStorage.clear()
    setActivePinia(createPinia())
  })

  afterEach(() => {
    wrapper.unmount()
    vi.useRealTimers()
  })

  it('signs in with the right key', async () => {
    serve(() => new Response('{"running":true}'))
    await tryKey(' right ')
    expect(useSession().signedIn).toBe(true)
    expect(sessionStorage.getItem('aihub.admin-key')).toBe('right')
  })

  it('says that the key is wrong', async () => {
    serve(() => problem(401, 'unauthorized'))
    await tryKey('wrong')
    expect(message()).toBe('This admin key is not right.')
    expect(button().attributes('disabled')).toBeUndefined()
  })

  it('counts the time to wait down, then allows another try', async () => {
    vi.useFakeTimers()
    serve(() => problem(429, 'rate_limited', { 'Retry-After': '5' }))
    await tryKey('wrong')
    await vi.advanceTimersByTimeAsync(1000)
    expect(message()).toMatch(/try again in [45] s/)
    expect(button().attributes('disabled')).toBeDefined()
    await vi.advanceTimersByTimeAsync(5000)
    expect(message()).toBe('You can try again now.')
    expect(button().attributes('disabled')).toBeUndefined()
  })

  it('says that the server cannot be reached', async () => {
    serve(() => {
      throw new TypeError('refused')
    })
    await tryKey('any')
    expect(message()).toContain('AiHub cannot be reached')
  })

  it('sends nothing without a key', async () => {
    serve(() => new Response('{}'))
    await tryKey('  ')
    expect(fetch).not.toHaveBeenCalled()
  })
})
