import { describe, expect, it } from 'vitest'
import { pretty } from './pretty'

describe('a body', () => {
  it('is laid out when it is JSON', () => {
    const value = { model: 'm', list: [1, { a: [] }], text: 'a "b" {c}, [d]: \\', none: {}, empty: '' }
    expect(pretty(JSON.stringify(value))).toBe(JSON.stringify(value, null, 2))
    expect(pretty(JSON.stringify(value, null, 4))).toBe(JSON.stringify(value, null, 2))
  })

  it('keeps what a parser would change', () => {
    expect(pretty('{"n":12345678901234567890,"e":1.0e5,"u":"\\u00e9"}')).toBe(
      '{\n  "n": 12345678901234567890,\n  "e": 1.0e5,\n  "u": "\\u00e9"\n}',
    )
  })

  it.each([
    ['{"a":[1,2', '{\n  "a": [\n    1,\n    2'],
    ['{"a":"cut in a te', '{\n  "a": "cut in a te'],
    ['{"a":"behind a \\', '{\n  "a": "behind a \\'],
    [']}', ']}'],
    ['[', '[\n  '],
  ])('may be cut: %s', (text, want) => {
    expect(pretty(text)).toBe(want)
  })

  it.each(['', 'data: {"a":1}\n\ndata: [DONE]\n\n', 'event: ping', '(3 bytes that are no text)'])('stays as it is: %j', (text) => {
    expect(pretty(text)).toBe(text)
  })
})
