const space = /\s/

/**
 * JSON with a line for each value. It may end anywhere, as a body does that was
 * cut, and its numbers and texts stay as they were written. What is no JSON, such
 * as a stream, stays as it is.
 */
export function pretty(text: string): string {
  const first = text.trimStart()[0]
  return first === '{' || first === '[' ? indent(text) : text
}

function indent(text: string): string {
  let out = ''
  let depth = 0
  const newline = () => '\n' + '  '.repeat(depth)
  for (let i = 0; i < text.length; i++) {
    const c = text[i] ?? ''
    if (c === '"') {
      const end = textEnd(text, i)
      out += text.slice(i, end)
      i = end - 1
    } else if (c === '{' || c === '[') {
      const next = skip(text, i + 1)
      if (text[next] === '}' || text[next] === ']') {
        out += c + (text[next] ?? '')
        i = next
      } else {
        depth++
        out += c + newline()
      }
    } else if (c === '}' || c === ']') {
      depth = Math.max(0, depth - 1)
      out += newline() + c
    } else if (c === ',') out += c + newline()
    else if (c === ':') out += ': '
    else if (!space.test(c)) out += c
  }
  return out
}

/** Where the text that begins at `from` ends, behind its quote. */
function textEnd(text: string, from: number): number {
  for (let i = from + 1; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === '"') return i + 1
  }
  return text.length
}

function skip(text: string, from: number): number {
  let i = from
  while (i < text.length && space.test(text[i] ?? '')) i++
  return i
}
