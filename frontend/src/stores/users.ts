import { defineStore } from 'pinia'
import type { CreatedKey, CreatedUser, User, UserInput } from '@/api/types'
import { createCollection } from './collection'
import { useEvents } from './events'
import { useSession } from './session'

/** How long a user's consumption may lag behind the requests. */
const counterLag = 2000

/** The users, by name. */
export const useUsers = defineStore('users', () => {
  const session = useSession()
  const all = createCollection<User>({
    list: async () => (await session.api.listUsers()).items,
    find: (id) => session.api.findUser(id),
    compare: (a, b) => a.name.localeCompare(b.name),
  })

  useEvents().follow({
    onEvent: (event) => {
      if (event.type === 'request') {
        if (event.data.user_id) all.touch(event.data.user_id, counterLag)
        return
      }
      if (event.type !== 'config') return
      if (event.data.kind === 'user') all.touch(event.data.id)
      // The event names the key and not its user.
      if (event.data.kind === 'key') all.invalidate()
    },
    onReset: all.invalidate,
    onSignOut: all.clear,
  })

  async function create(input: UserInput): Promise<CreatedUser> {
    const created = await session.api.createUser(input)
    const { key, ...user } = created
    all.put(user)
    return { ...user, key }
  }

  async function update(id: string, input: UserInput): Promise<void> {
    all.put(await session.api.updateUser(id, input))
  }

  async function destroy(id: string): Promise<void> {
    await session.api.deleteUser(id)
    all.remove(id)
  }

  async function createKey(userId: string, name: string): Promise<CreatedKey> {
    const created = await session.api.createKey(userId, { name })
    all.touch(userId, 0)
    return created
  }

  async function deleteKey(userId: string, keyId: string): Promise<void> {
    await session.api.deleteKey(keyId)
    all.touch(userId, 0)
  }

  return { ...all, create, update, destroy, createKey, deleteKey }
})
