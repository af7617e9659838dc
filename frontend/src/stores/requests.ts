import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { asApiError, type ApiError } from '@/api'
import type { LogRecord } from '@/api/types'
import { useEvents } from './events'
import { useSession } from './session'

/** How many requests the overview can look back on. */
const kept = 40

/** The latest requests and those that are under way, live. */
export const useRequests = defineStore('requests', () => {
  const session = useSession()
  const byId = shallowRef(new Map<string, LogRecord>())
  const error = shallowRef<ApiError>()
  const loaded = shallowRef(false)

  const recent = computed(() =>
    [...byId.value.values()].sort((a, b) => Date.parse(b.time) - Date.parse(a.time)),
  )
  const inFlight = computed(() => recent.value.filter((r) => r.outcome === 'in_flight').length)

  function put(record: LogRecord): void {
    // An end that overtook its begin must not be undone by it.
    const known = byId.value.get(record.id)
    if (known && known.outcome !== 'in_flight' && record.outcome === 'in_flight') return
    byId.value = trimmed(new Map(byId.value).set(record.id, record))
  }

  async function load(): Promise<void> {
    try {
      const { items } = await session.api.listLogs({ limit: kept })
      const next = new Map(items.map((record) => [record.id, record]))
      byId.value = next
      loaded.value = true
      error.value = undefined
    } catch (cause) {
      error.value = asApiError(cause)
    }
  }

  useEvents().follow({
    onEvent: (event) => {
      if (event.type === 'request') put(event.data)
    },
    onReset: () => void load(),
    onSignOut: () => {
      byId.value = new Map()
      loaded.value = false
    },
  })

  return { recent, inFlight, loaded, error, load }
})

/** Drops the oldest ended rows; a request that is under way is always kept. */
function trimmed(records: Map<string, LogRecord>): Map<string, LogRecord> {
  if (records.size <= kept * 2) return records
  const rows = [...records.values()].sort((a, b) => Date.parse(b.time) - Date.parse(a.time))
  const open = rows.filter((r) => r.outcome === 'in_flight')
  const ended = rows.filter((r) => r.outcome !== 'in_flight').slice(0, kept)
  return new Map([...open, ...ended].map((r) => [r.id, r]))
}
