import { describe, expect, it, vi } from 'vitest'
import { EventStream } from './stream'
import type { HubEvent } from './types'

const frame = (seq: number) =>
  `id: ${seq}\nevent: account\ndata: ${JSON.stringify({ seq, time: '', type: 'account', data: { id: `a${seq}` } })}\n\n`

const body = (...chunks: string[]) => new Response(chunks.join(''))

/** Follows scripted connections until they are used up; says what was heard. */
async function follow(connections: (() => Response)[]) {
  const heard: string[] = []
  const since: (number | undefined)[] = []
  const delays: number[] = []
  let stop: () => void = () => undefined
  await new Promise<void>((done) => {
    const stream = new EventStream(
      (from) => {
        since.push(from)
        const next = connections.shift()
        if (!next) {
          stop()
          done()
          return Promise.reject(new Error('over'))
        }
        return Promise.resolve(next())
      },
      {
        onEvent: (event: HubEvent) => heard.push(`event ${event.seq}`),
        onReset: () => heard.push('reset'),
        onConnected: (connected) => heard.push(connected ? 'up' : 'down'),
      },
      (ms) => {
        delays.push(ms)
        return Promise.resolve()
      },
    )
    stop = stream.start()
  })
  return { heard, since, delays }
}

describe('EventStream', () => {
  it('resumes after the last number that it saw', async () => {
    const { heard, since } = await follow([() => body(frame(4), frame(5)), () => body(frame(6))])
    expect(heard).toEqual(['up', 'event 4', 'event 5', 'down', 'up', 'event 6', 'down'])
    expect(since).toEqual([undefined, 5, 6])
  })

  it('goes on from the number of a reset', async () => {
    const { heard, since } = await follow([() => body('event: reset\ndata: {"seq":90}\n\n'), () => body(frame(91))])
    expect(heard).toEqual(['up', 'reset', 'down', 'up', 'event 91', 'down'])
    expect(since[1]).toBe(90)
  })

  it('takes smaller numbers for a restarted program', async () => {
    const { heard } = await follow([() => body(frame(500)), () => body(frame(1), frame(2))])
    expect(heard).toEqual(['up', 'event 500', 'down', 'up', 'reset', 'event 1', 'event 2', 'down'])
  })

  it('assumes a gap when it connects again without a number', async () => {
    const { heard } = await follow([() => body(': ready\n\n'), () => body(': ready\n\n')])
    expect(heard).toEqual(['up', 'down', 'up', 'reset', 'down'])
  })

  it('waits longer after each failure and starts over after a success', async () => {
    const failed = () => new Response('', { status: 503 })
    const { delays } = await follow([failed, failed, failed, () => body(frame(1)), failed])
    expect(delays).toEqual([500, 1000, 2000, 500, 1000])
  })

  it('never waits longer than 15 s', async () => {
    const failed = () => new Response('', { status: 503 })
    const { delays } = await follow(Array.from({ length: 9 }, () => failed))
    expect(Math.max(...delays)).toBe(15_000)
  })

  it('ignores what is not an event', async () => {
    const { heard } = await follow([() => body('data: {"half\n\n', 'data: 7\n\n', frame(3))])
    expect(heard).toEqual(['up', 'event 3', 'down'])
  })

  it('gives up when the key is refused', async () => {
    const open = vi.fn(() => Promise.resolve(new Response('', { status: 401 })))
    const onConnected = vi.fn()
    const wait = vi.fn(() => Promise.resolve())
    new EventStream(open, { onEvent: vi.fn(), onReset: vi.fn(), onConnected }, wait).start()
    await vi.waitFor(() => {
      expect(open).toHaveBeenCalledOnce()
    })
    await Promise.resolve()
    expect(wait).not.toHaveBeenCalled()
    expect(onConnected).not.toHaveBeenCalled()
  })
})
