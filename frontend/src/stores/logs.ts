import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { asApiError, type ApiError } from '@/api'
import type { LogFilter, LogRecord } from '@/api/types'
import { matches } from './logFilter'
import { useEvents } from './events'
import { useSession } from './session'

const pageSize = 100
/** How many rows a live tail keeps; older ones are a page away. */
const tailLimit = 2000

/** The rows of the log page: pages from the server, and what happens meanwhile. */
export const useLogs = defineStore('logs', () => {
  const session = useSession()
  const rows = shallowRef<LogRecord[]>([])
  const cursor = ref('')
  const loading = ref(false)
  const loaded = ref(false)
  const error = shallowRef<ApiError>()
  const tail = ref(true)
  /** New rows that wait because the reader is not at the top. */
  const waiting = shallowRef<LogRecord[]>([])
  const paused = ref(false)
  const active = ref(false)
  let filter: LogFilter = {}
  let generation = 0

  const more = computed(() => cursor.value !== '')

  /** Loads the first page of a filter. */
  async function open(next: LogFilter): Promise<void> {
    filter = next
    active.value = true
    waiting.value = []
    await fetch(true)
  }

  /** Loads the next page. A page may be empty although there is more. */
  async function loadMore(): Promise<void> {
    if (more.value && !loading.value && !error.value) await fetch(false)
  }

  async function fetch(first: boolean): Promise<void> {
    const mine = ++generation
    loading.value = true
    try {
      const page = await session.api.listLogs({ ...filter, limit: pageSize, cursor: first ? undefined : cursor.value })
      if (mine !== generation) return
      rows.value = first ? page.items : merge(rows.value, page.items)
      cursor.value = page.next_cursor ?? ''
      loaded.value = true
      error.value = undefined
    } catch (cause) {
      if (mine === generation) error.value = asApiError(cause)
    } finally {
      if (mine === generation) loading.value = false
    }
  }

  function take(record: LogRecord): void {
    const at = rows.value.findIndex((row) => row.id === record.id)
    if (at >= 0) {
      // What a filter for "in flight" showed leaves it when it ends.
      rows.value = matches(filter, record) ? rows.value.with(at, record) : rows.value.toSpliced(at, 1)
    } else if (tail.value && matches(filter, record)) {
      add(record)
    }
  }

  function add(record: LogRecord): void {
    if (!paused.value) {
      rows.value = [record, ...rows.value].slice(0, Math.max(tailLimit, rows.value.length))
      return
    }
    const others = waiting.value.filter((row) => row.id !== record.id)
    waiting.value = [record, ...others].slice(0, tailLimit)
  }

  /** The reader is at the top (or left it): live rows are shown (or wait). */
  function pause(value: boolean): void {
    paused.value = value
    if (value || waiting.value.length === 0) return
    rows.value = merge(waiting.value, rows.value)
    waiting.value = []
  }

  function close(): void {
    active.value = false
    generation += 1
  }

  useEvents().follow({
    onEvent: (event) => {
      if (event.type === 'request' && active.value) take(event.data)
    },
    onReset: () => {
      if (active.value) void fetch(true)
    },
    onSignOut: () => {
      rows.value = []
      waiting.value = []
      loaded.value = false
    },
  })

  return { rows, more, loading, loaded, error, tail, waiting, open, loadMore, pause, close }
})

/** Appends what is not there yet. */
function merge(head: readonly LogRecord[], rest: readonly LogRecord[]): LogRecord[] {
  const known = new Set(head.map((row) => row.id))
  return [...head, ...rest.filter((row) => !known.has(row.id))]
}
