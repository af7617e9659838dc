import { createPinia, setActivePinia } from 'pinia'
import type { Api, Listener } from '@/api/api'
import { useSession } from '@/stores/session'

/**
 * A signed-in session whose server is the given operations; the returned
 * listener is what the stores hear of it.
 */
export function signedIn(api: Partial<Api>): { listener: () => Listener } {
  setActivePinia(createPinia())
  sessionStorage.setItem('aihub.admin-key', 'right')
  let heard: Listener | undefined
  const session = useSession()
  session.api = {
    subscribe: (listener: Listener) => {
      heard = listener
      return () => undefined
    },
    ...api,
  } as Api
  return {
    listener: () => {
      if (!heard) throw new Error('nobody subscribed')
      return heard
    },
  }
}
