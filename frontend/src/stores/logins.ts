import { defineStore } from 'pinia'
import type { Login, LoginInput } from '@/api/types'
import { createCollection } from './collection'
import { useEvents } from './events'
import { useSession } from './session'

/** The device sign-ins under way and those that ended not long ago, the newest first. */
export const useLogins = defineStore('logins', () => {
  const session = useSession()
  const all = createCollection<Login>({
    list: async () => (await session.api.listLogins()).items,
    find: (id) => session.api.findLogin(id),
    compare: (a, b) => b.created_at.localeCompare(a.created_at),
  })

  useEvents().follow({
    onEvent: (event) => {
      if (event.type === 'login') all.put(event.data)
    },
    onReset: all.invalidate,
    onSignOut: all.clear,
  })

  async function begin(input: LoginInput): Promise<Login> {
    const login = await session.api.createLogin(input)
    all.put(login)
    return login
  }

  async function cancel(id: string): Promise<void> {
    await session.api.deleteLogin(id)
    all.remove(id)
  }

  return { ...all, begin, cancel }
})
