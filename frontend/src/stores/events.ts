import { defineStore } from 'pinia'
import { ref, watch } from 'vue'
import type { Unsubscribe } from '@/api/api'
import type { HubEvent } from '@/api/types'
import { Batch } from './batch'
import { useSession } from './session'

/** How long resets are collected before everything is loaded again. */
const resetRest = 2000

/** A store that follows the live events. */
export interface Follower {
  onEvent?(event: HubEvent): void
  /** Events were missed: what is loaded may be stale. */
  onReset?(): void
  /** Nobody is signed in any more: what is loaded is nobody's to see. */
  onSignOut?(): void
}

/** The one subscription to the event log, shared by all stores. */
export const useEvents = defineStore('events', () => {
  const session = useSession()
  const connected = ref(true)
  const followers = new Set<Follower>()
  let stop: Unsubscribe | undefined
  const reset = new Batch(() => {
    followers.forEach((f) => f.onReset?.())
  })

  /** Registers a follower for as long as the app lives. */
  function follow(follower: Follower): void {
    followers.add(follower)
  }

  function connect(): void {
    stop = session.api.subscribe({
      onEvent: (event) => {
        followers.forEach((f) => f.onEvent?.(event))
      },
      // Under heavy load the window gets a gap with every burst of events.
      onReset: () => {
        reset.add('all', resetRest)
      },
      onConnected: (value) => {
        connected.value = value
      },
    })
  }

  watch(
    () => [session.signedIn, session.api] as const,
    ([signedIn]) => {
      stop?.()
      stop = undefined
      connected.value = true
      reset.clear()
      if (!signedIn) {
        followers.forEach((f) => f.onSignOut?.())
        return
      }
      followers.forEach((f) => f.onReset?.())
      connect()
    },
    { immediate: true },
  )

  return { connected, follow }
})
