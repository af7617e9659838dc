import { defineStore } from 'pinia'
import type { Channel, ChannelInput } from '@/api/types'
import { createCollection } from './collection'
import { useEvents } from './events'
import { useSession } from './session'

/** The channels, by priority and then by name. */
export const useChannels = defineStore('channels', () => {
  const session = useSession()
  const all = createCollection<Channel>({
    list: async () => (await session.api.listChannels()).items,
    find: (id) => session.api.findChannel(id),
    compare: (a, b) => b.priority - a.priority || a.name.localeCompare(b.name),
  })

  useEvents().follow({
    onEvent: (event) => {
      if (event.type === 'config' && event.data.kind === 'channel') all.touch(event.data.id)
    },
    onReset: all.invalidate,
    onSignOut: all.clear,
  })

  async function create(input: ChannelInput): Promise<Channel> {
    const channel = await session.api.createChannel(input)
    all.put(channel)
    return channel
  }

  async function update(id: string, input: ChannelInput): Promise<void> {
    all.put(await session.api.updateChannel(id, input))
  }

  async function destroy(id: string): Promise<void> {
    await session.api.deleteChannel(id)
    all.remove(id)
  }

  return { ...all, create, update, destroy }
})
