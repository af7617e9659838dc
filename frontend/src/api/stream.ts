import type { Listener, Unsubscribe } from './api'
import { SseParser, type Frame } from './sse'
import type { HubEvent } from './types'

/** Opens the event stream after `since`; undefined means "from now on". */
export type OpenStream = (since: number | undefined, signal: AbortSignal) => Promise<Response>

const firstDelay = 500
const longestDelay = 15_000
/** The server comments every 15 s; three silent periods mean a dead connection. */
const silence = 45_000

/**
 * Follows the event log over HTTP: resumes after the last sequence number seen,
 * waits longer after each failure in a row, and reports a gap as a reset.
 */
export class EventStream {
  private readonly abort = new AbortController()
  private since: number | undefined
  private delay = firstDelay
  private everConnected = false

  constructor(
    private readonly open: OpenStream,
    private readonly listener: Listener,
    private readonly wait: (ms: number, signal: AbortSignal) => Promise<void> = sleep,
  ) {}

  /** Starts following; the returned function stops it for good. */
  start(): Unsubscribe {
    void this.follow()
    return () => {
      this.abort.abort()
    }
  }

  private async follow(): Promise<void> {
    while (!this.abort.signal.aborted) {
      const alive = await this.connect().catch(() => true)
      if (this.abort.signal.aborted || !alive) return
      this.listener.onConnected(false)
      await this.wait(this.delay, this.abort.signal)
      this.delay = Math.min(this.delay * 2, longestDelay)
    }
  }

  /** One connection until it ends; false when trying again is pointless. */
  private async connect(): Promise<boolean> {
    const response = await this.open(this.since, this.abort.signal)
    if (response.status === 401 || response.status === 403) return false
    if (!response.ok || !response.body) return true
    this.delay = firstDelay
    this.listener.onConnected(true)
    // Without a number to resume from, a gap cannot be seen: assume one.
    if (this.everConnected && this.since === undefined) this.listener.onReset()
    this.everConnected = true
    await this.read(response.body)
    return true
  }

  private async read(body: ReadableStream<Uint8Array>): Promise<void> {
    const reader = body.getReader()
    const decoder = new TextDecoder()
    const parser = new SseParser()
    const watchdog = new Watchdog(silence, () => void reader.cancel().catch(() => undefined))
    try {
      for (;;) {
        const { done, value } = await reader.read()
        if (done || this.abort.signal.aborted) return
        watchdog.reset()
        parser.push(decoder.decode(value, { stream: true })).forEach((f) => {
          this.deliver(f)
        })
      }
    } finally {
      watchdog.stop()
    }
  }

  private deliver(frame: Frame): void {
    if (frame.event === 'reset') {
      this.since = seqOf(frame.data)
      this.listener.onReset()
      return
    }
    const event = parseEvent(frame.data)
    if (!event) return
    // A restarted program counts from 1 again: what was loaded is of another life.
    if (this.since !== undefined && event.seq <= this.since) this.listener.onReset()
    this.since = event.seq
    this.listener.onEvent(event)
  }
}

class Watchdog {
  private timer: ReturnType<typeof setTimeout>

  constructor(
    private readonly ms: number,
    private readonly bark: () => void,
  ) {
    this.timer = setTimeout(bark, ms)
  }

  reset(): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(this.bark, this.ms)
  }

  stop(): void {
    clearTimeout(this.timer)
  }
}

function parseEvent(data: string): HubEvent | undefined {
  try {
    const event = JSON.parse(data) as HubEvent
    return typeof event.seq === 'number' && typeof event.type === 'string' ? event : undefined
  } catch {
    return undefined
  }
}

/** The number to go on from that a reset may carry, as JSON or bare. */
function seqOf(data: string): number | undefined {
  try {
    const value: unknown = JSON.parse(data)
    const seq = typeof value === 'object' && value !== null ? (value as { seq?: unknown }).seq : value
    return typeof seq === 'number' ? seq : undefined
  } catch {
    return undefined
  }
}

/** Resolves after ms, or at once when the signal aborts. */
function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
