import { defineStore } from 'pinia'
import { ref, shallowRef, watch } from 'vue'
import { asApiError, type ApiError } from '@/api'
import type { Stats } from '@/api/types'
import { timeZone } from '@/format/trend'
import { Batch } from './batch'
import { useEvents } from './events'
import { useSession } from './session'

/** How long the sums may lag behind the requests. */
const lag = 3000

/** Sums over the last day, the last week and the span of the chart. */
export const useStats = defineStore('stats', () => {
  const session = useSession()
  const days = ref(1)
  const byDays = shallowRef(new Map<number, Stats>())
  const error = shallowRef<ApiError>()
  let retained = 0
  const batch = new Batch(() => void load())

  async function load(): Promise<void> {
    try {
      const wanted = [...new Set([1, 7, days.value])]
      const answers = await Promise.all(wanted.map((n) => session.api.findStats({ days: n, time_zone: timeZone() })))
      byDays.value = new Map(wanted.map((n, i) => [n, answers[i] as Stats]))
      error.value = undefined
    } catch (cause) {
      error.value = asApiError(cause)
    }
  }

  function retain(): void {
    retained += 1
    void load()
  }

  function release(): void {
    retained -= 1
    if (retained === 0) batch.clear()
  }

  useEvents().follow({
    onEvent: (event) => {
      const ended = event.type === 'request' && event.data.outcome !== 'in_flight'
      if (ended && retained > 0) batch.add('stats', lag)
    },
    onReset: () => {
      if (retained > 0) void load()
    },
    onSignOut: () => {
      batch.clear()
      byDays.value = new Map()
    },
  })

  watch(days, () => {
    if (retained > 0) void load()
  })

  return { days, byDays, error, load, retain, release }
})
