import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { asApiError, type ApiError } from '@/api'
import type { PriceImportResult, PriceInput, PriceList } from '@/api/types'
import { useEvents } from './events'
import { useSession } from './session'

/** The price table: the listed prices and a person's own. */
export const usePrices = defineStore('prices', () => {
  const session = useSession()
  const list = shallowRef<PriceList>()
  const error = shallowRef<ApiError>()

  async function load(): Promise<void> {
    try {
      list.value = await session.api.listPrices()
      error.value = undefined
    } catch (cause) {
      error.value = asApiError(cause)
    }
  }

  async function update(model: string, price: PriceInput): Promise<void> {
    await session.api.updatePrice(model, price)
    await load()
  }

  async function remove(model: string): Promise<void> {
    await session.api.deletePrice(model)
    await load()
  }

  async function bring(content: string): Promise<PriceImportResult> {
    const result = await session.api.importPrices({ content })
    await load()
    return result
  }

  useEvents().follow({
    onEvent: (event) => {
      const changed = event.type === 'config' && (event.data.kind as string) === 'price'
      if (changed && list.value) void load()
    },
    onReset: () => {
      if (list.value) void load()
    },
    onSignOut: () => {
      list.value = undefined
    },
  })

  return { list, error, load, update, remove, bring }
})
