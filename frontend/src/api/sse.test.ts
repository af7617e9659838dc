import { describe, expect, it } from 'vitest'
import { SseParser, type Frame } from './sse'

const stream = ': ready\n\nid: 1\nevent: request\ndata: {"a":"é你"}\n\n: heartbeat\n\nevent: reset\n\ndata: one\r\ndata:two\r\n\r\nretry: 10\n\n'
const frames: Frame[] = [
  { event: 'request', data: '{"a":"é你"}' },
  { event: 'reset', data: '' },
  { event: 'message', data: 'one\ntwo' },
]

function parse(chunks: string[]): Frame[] {
  const parser = new SseParser()
  return chunks.flatMap((chunk) => parser.push(chunk))
}

describe('SseParser', () => {
  it('reads a whole stream', () => {
    expect(parse([stream])).toEqual(frames)
  })

  it('reads it one character at a time', () => {
    expect(parse([...stream])).toEqual(frames)
  })

  it('reads it with a border at every place', () => {
    for (let i = 0; i <= stream.length; i++) {
      expect(parse([stream.slice(0, i), stream.slice(i)])).toEqual(frames)
    }
  })

  it('keeps an unfinished event back', () => {
    expect(parse(['data: half'])).toEqual([])
    expect(parse(['data: half\n'])).toEqual([])
  })

  it('takes a lone CR as the end of a line', () => {
    expect(parse(['data: x\r\rdata: y\n\n'])).toEqual([
      { event: 'message', data: 'x' },
      { event: 'message', data: 'y' },
    ])
  })
})
