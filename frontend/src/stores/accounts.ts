import { defineStore } from 'pinia'
import { computed } from 'vue'
import type { Account, AccountInput } from '@/api/types'
import { createCollection } from './collection'
import { useEvents } from './events'
import { useSession } from './session'

/** How long the counters of an account may lag behind its requests. */
const counterLag = 2000

/** The accounts of all channels, by priority and then by name. */
export const useAccounts = defineStore('accounts', () => {
  const session = useSession()
  const all = createCollection<Account>({
    list: async () => (await session.api.listAccounts('')).items,
    find: (id) => session.api.findAccount(id),
    compare: (a, b) => b.priority - a.priority || a.name.localeCompare(b.name),
  })

  const byChannel = computed(() => {
    const map = new Map<string, Account[]>()
    for (const account of all.items.value) {
      const list = map.get(account.channel_id)
      if (list) list.push(account)
      else map.set(account.channel_id, [account])
    }
    return map
  })

  useEvents().follow({
    onEvent: (event) => {
      if (event.type === 'account') all.touch(event.data.id)
      if (event.type === 'request' && event.data.account_id) {
        all.touch(event.data.account_id, counterLag)
      }
      if (event.type !== 'config') return
      if (event.data.kind === 'account') all.touch(event.data.id)
      // Accounts go with their channel.
      if (event.data.kind === 'channel') all.invalidate()
    },
    onReset: all.invalidate,
    onSignOut: all.clear,
  })

  async function create(channelId: string, input: AccountInput): Promise<void> {
    all.put(await session.api.createAccount(channelId, input))
  }

  async function update(id: string, input: AccountInput): Promise<void> {
    all.put(await session.api.updateAccount(id, input))
  }

  async function destroy(id: string): Promise<void> {
    await session.api.deleteAccount(id)
    all.remove(id)
  }

  async function reset(id: string): Promise<void> {
    all.put(await session.api.resetAccount(id))
  }

  async function refreshUsage(id: string): Promise<void> {
    all.put(await session.api.refreshUsage(id))
  }

  return { ...all, byChannel, create, update, destroy, reset, refreshUsage }
})
