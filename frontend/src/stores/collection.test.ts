import { beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiError } from '@/api'
import { createCollection } from './collection'

interface Item {
  id: string
  rank: number
}

const item = (id: string, rank = 0): Item => ({ id, rank })

function make(list: () => Promise<Item[]>, find: (id: string) => Promise<Item> = () => Promise.reject(new Error('no'))) {
  const source = { list: vi.fn(list), find: vi.fn(find), compare: (a: Item, b: Item) => a.rank - b.rank }
  return { source, all: createCollection<Item>(source) }
}

describe('createCollection', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })

  it('loads when it is retained, in order', async () => {
    const { source, all } = make(() => Promise.resolve([item('b', 2), item('a', 1)]))
    expect(source.list).not.toHaveBeenCalled()
    all.retain()
    await vi.runAllTimersAsync()
    expect(all.items.value.map((i) => i.id)).toEqual(['a', 'b'])
    expect(all.loaded.value).toBe(true)
  })

  it('does not load again while nothing changed', async () => {
    const { source, all } = make(() => Promise.resolve([]))
    all.retain()
    await vi.runAllTimersAsync()
    all.release()
    all.retain()
    expect(source.list).toHaveBeenCalledTimes(1)
  })

  it('loads afresh after something changed unseen', async () => {
    const { source, all } = make(() => Promise.resolve([]))
    all.retain()
    await vi.runAllTimersAsync()
    all.release()
    all.touch('a')
    await vi.runAllTimersAsync()
    expect(source.find).not.toHaveBeenCalled()
    all.retain()
    expect(source.list).toHaveBeenCalledTimes(2)
  })

  it('reads a touched item once for a burst of events', async () => {
    const { source, all } = make(
      () => Promise.resolve([item('a', 1)]),
      (id) => Promise.resolve(item(id, 9)),
    )
    all.retain()
    await vi.runAllTimersAsync()
    for (let i = 0; i < 20; i++) all.touch('a')
    await vi.runAllTimersAsync()
    expect(source.find).toHaveBeenCalledTimes(1)
    expect(all.find('a')?.rank).toBe(9)
  })

  it('lists once when many items changed', async () => {
    const { source, all } = make(() => Promise.resolve([]))
    all.retain()
    await vi.runAllTimersAsync()
    for (let i = 0; i < 50; i++) all.touch(`id${i}`)
    await vi.runAllTimersAsync()
    expect(source.find).not.toHaveBeenCalled()
    expect(source.list).toHaveBeenCalledTimes(2)
  })

  it('drops an item that is gone', async () => {
    const { all } = make(
      () => Promise.resolve([item('a')]),
      () => Promise.reject(new ApiError('not_found', 'gone')),
    )
    all.retain()
    await vi.runAllTimersAsync()
    all.touch('a')
    await vi.runAllTimersAsync()
    expect(all.items.value).toEqual([])
  })

  it('asks for nothing that was deleted here', async () => {
    const { source, all } = make(() => Promise.resolve([item('a')]))
    all.retain()
    await vi.runAllTimersAsync()
    all.remove('a')
    all.touch('a')
    await vi.runAllTimersAsync()
    expect(source.find).not.toHaveBeenCalled()
  })

  it('keeps what it has when a reload fails, and says so', async () => {
    let fail = false
    const { all } = make(() => (fail ? Promise.reject(new ApiError('unreachable', '')) : Promise.resolve([item('a')])))
    all.retain()
    await vi.runAllTimersAsync()
    fail = true
    await all.load()
    expect(all.items.value).toHaveLength(1)
    expect(all.error.value?.code).toBe('unreachable')
  })

  it('ignores an older answer that comes late', async () => {
    const answers: ((items: Item[]) => void)[] = []
    const { all } = make(() => new Promise((resolve) => answers.push(resolve)))
    const first = all.load()
    const second = all.load()
    answers[1]?.([item('new')])
    answers[0]?.([item('old')])
    await Promise.all([first, second])
    expect(all.items.value.map((i) => i.id)).toEqual(['new'])
  })

  it('forgets everything when it is cleared while loading', async () => {
    const { all } = make(() => Promise.resolve([item('a')]))
    const loading = all.load()
    all.clear()
    await loading
    expect(all.items.value).toEqual([])
    expect(all.loaded.value).toBe(false)
  })
})
