/** One server-sent event. */
export interface Frame {
  event: string
  data: string
}

/**
 * Reads server-sent events from text that arrives in chunks of any size: a
 * chunk may end inside a line, inside a CRLF, or hold many events.
 */
export class SseParser {
  private pending = ''
  private event = ''
  private data: string[] = []

  /** Takes the next chunk and returns the events that it completes. */
  push(chunk: string): Frame[] {
    this.pending += chunk
    const frames: Frame[] = []
    for (let end = this.lineEnd(); end >= 0; end = this.lineEnd()) {
      const line = this.pending.slice(0, end)
      const skip = this.pending.startsWith('\r\n', end) ? 2 : 1
      this.pending = this.pending.slice(end + skip)
      const frame = this.line(line)
      if (frame) frames.push(frame)
    }
    return frames
  }

  /** The index of the next complete line's end; a final CR may still become CRLF. */
  private lineEnd(): number {
    const end = this.pending.search(/[\r\n]/)
    const half = end === this.pending.length - 1 && this.pending[end] === '\r'
    return half ? -1 : end
  }

  private line(line: string): Frame | undefined {
    if (line === '') return this.dispatch()
    if (line.startsWith(':')) return undefined
    const colon = line.indexOf(':')
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'event') this.event = value
    if (field === 'data') this.data.push(value)
    return undefined
  }

  private dispatch(): Frame | undefined {
    const frame = { event: this.event || 'message', data: this.data.join('\n') }
    const named = this.event !== ''
    const empty = this.data.length === 0
    this.event = ''
    this.data = []
    // A bare `event: reset` carries its meaning in its name alone.
    return empty && !named ? undefined : frame
  }
}
