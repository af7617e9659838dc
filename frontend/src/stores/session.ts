import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { createApi, inWindow, type Api } from '@/api'

const storageKey = 'aihub.admin-key'

/**
 * Who talks to the program: nobody needs to sign in inside the window; a
 * browser holds the admin key, in the tab or, when asked, on the device.
 */
export const useSession = defineStore('session', () => {
  const windowed = inWindow()
  const key = ref(windowed ? '' : storedKey())
  const expired = ref(false)
  /** False until a remembered key has been tried once. */
  const checked = ref(windowed || key.value === '')
  const api = shallowRef<Api>(createApi({ key: () => key.value, onUnauthorized: expire }))
  const signedIn = computed(() => windowed || key.value !== '')

  /**
   * Tries a remembered key with one request. A page full of requests with a key
   * that is no longer right would use up all tries at once.
   */
  async function check(): Promise<void> {
    // Whatever else fails, the pages say it better.
    if (!checked.value) await api.value.findGateway().catch(() => undefined)
    checked.value = true
  }

  /** Tries a key against the server and keeps it only when it is right. */
  async function signIn(candidate: string, remember: boolean): Promise<void> {
    const probe = createApi({ key: () => candidate })
    await probe.findGateway()
    forget()
    ;(remember ? localStorage : sessionStorage).setItem(storageKey, candidate)
    expired.value = false
    key.value = candidate
  }

  function signOut(): void {
    forget()
    key.value = ''
  }

  /** The server refused a key that was in use: back to the sign-in page. */
  function expire(): void {
    if (key.value === '') return
    signOut()
    expired.value = true
  }

  return { windowed, api, signedIn, checked, expired, check, signIn, signOut }
})

function storedKey(): string {
  return sessionStorage.getItem(storageKey) ?? localStorage.getItem(storageKey) ?? ''
}

function forget(): void {
  sessionStorage.removeItem(storageKey)
  localStorage.removeItem(storageKey)
}
