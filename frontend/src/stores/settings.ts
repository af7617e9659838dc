import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { asApiError, type ApiError } from '@/api'
import type { Settings } from '@/api/types'
import { useEvents } from './events'
import { useSession } from './session'

/** The program's settings, as the server keeps them. */
export const useSettings = defineStore('settings', () => {
  const session = useSession()
  const settings = shallowRef<Settings>()
  const error = shallowRef<ApiError>()

  async function load(): Promise<void> {
    try {
      settings.value = await session.api.findSettings()
      error.value = undefined
    } catch (cause) {
      error.value = asApiError(cause)
    }
  }

  async function update(changes: Partial<Settings>): Promise<void> {
    settings.value = await session.api.updateSettings(changes)
  }

  useEvents().follow({
    onEvent: (event) => {
      const changed = event.type === 'config' && event.data.kind === 'settings'
      if (changed && settings.value) void load()
    },
    onReset: () => {
      if (settings.value) void load()
    },
    onSignOut: () => {
      settings.value = undefined
    },
  })

  return { settings, error, load, update }
})
