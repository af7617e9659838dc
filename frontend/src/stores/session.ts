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
  const api = shallowRef<Api>(createApi({ key: () => key.value, onUnauthorized: expire }))
  const signedIn = computed(() => windowed || key.value !== '')

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

  return { windowed, api, signedIn, expired, signIn, signOut }
})

function storedKey(): string {
  return sessionStorage.getItem(storageKey) ?? localStorage.getItem(storageKey) ?? ''
}

function forget(): void {
  sessionStorage.removeItem(storageKey)
  localStorage.removeItem(storageKey)
}
