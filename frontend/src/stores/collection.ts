import { computed, ref, shallowRef } from 'vue'
import { asApiError, type ApiError } from '@/api'
import { Batch } from './batch'

/** How a collection reaches the server. */
export interface Source<T extends { id: string }> {
  list(): Promise<T[]>
  find(id: string): Promise<T>
  /** The order in which items are shown. */
  compare(a: T, b: T): number
}

/** Above this many changed items one list is cheaper than single reads. */
const fewItems = 6

/**
 * Items of one kind that follow the events. It loads only while a page retains
 * it; what happens meanwhile marks it stale, and the next page loads afresh.
 */
export function createCollection<T extends { id: string }>(source: Source<T>) {
  const byId = shallowRef(new Map<string, T>())
  const loaded = ref(false)
  const loading = ref(false)
  const error = shallowRef<ApiError>()
  const items = computed(() => [...byId.value.values()].sort((a, b) => source.compare(a, b)))
  /** Ids are never used again: what was deleted need not be asked for. */
  const gone = new Set<string>()
  let retained = 0
  let stale = true
  let generation = 0
  const batch = new Batch((ids) => void refresh(ids))

  async function load(): Promise<void> {
    const mine = ++generation
    stale = false
    loading.value = true
    try {
      const list = await source.list()
      if (mine !== generation) return
      byId.value = new Map(list.map((item) => [item.id, item]))
      loaded.value = true
      error.value = undefined
    } catch (cause) {
      if (mine !== generation) return
      stale = true
      error.value = asApiError(cause)
    } finally {
      if (mine === generation) loading.value = false
    }
  }

  async function refresh(ids: string[]): Promise<void> {
    if (ids.length > fewItems) return load()
    await Promise.all(ids.map((id) => reload(id)))
  }

  /** Reads one item again; an item that is gone leaves the list. */
  async function reload(id: string): Promise<void> {
    try {
      put(await source.find(id))
    } catch (cause) {
      if (asApiError(cause).code === 'not_found') remove(id)
      else stale = true
    }
  }

  function put(item: T): void {
    byId.value = new Map(byId.value).set(item.id, item)
  }

  function remove(id: string): void {
    gone.add(id)
    const next = new Map(byId.value)
    next.delete(id)
    byId.value = next
  }

  /** An event named the item: read it again soon, if anybody looks. */
  function touch(id: string, ms = 150): void {
    if (gone.has(id)) return
    if (retained === 0) stale = true
    else batch.add(id, ms)
  }

  /** Everything may have changed. */
  function invalidate(): void {
    stale = true
    batch.clear()
    if (retained > 0) void load()
  }

  /** Forgets everything, as after signing out. */
  function clear(): void {
    generation += 1
    batch.clear()
    byId.value = new Map()
    loaded.value = false
    stale = true
  }

  function retain(): void {
    retained += 1
    if (stale) void load()
  }

  function release(): void {
    retained -= 1
  }

  const find = (id: string) => byId.value.get(id)

  return { items, loaded, loading, error, load, find, put, remove, touch, invalidate, clear, retain, release }
}
