// Document is docs/compatibility.md: what the cells of the matrix came to.
import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { inexpressible, remarks } from './expected.js'
import { clients, upstreams } from './parties.js'
import { scenarios } from './scenarios.js'

const file = new URL('../../../docs/compatibility.md', import.meta.url)

const head = `# Which client works with which upstream

Written by the tests: \`UPDATE=1 make test-sdk\`. The same tests fail when this page is stale.

Each table is a client: the official SDK of its provider, sending requests in the provider's own format. Each column is an upstream that
the gateway asks for the answer; where the two differ, request and answer are converted. A mark stands for a test of the real program
against simulated providers that refuse what the real ones refuse. It checks what the client's SDK makes of the answer (text, calls, why
it ended, errors and their classes), that the provider refused nothing, and that the token numbers which the client was told, those of
the ledger and those of the provider are the same.

- ✓ works
- ✗ does not
- – the client's format cannot say it

Numbers lead to the notes at the end.
`

const notes = [...new Set([
  ...Object.values(inexpressible).flatMap((byClient) => Object.values(byClient)),
  ...Object.values(remarks).flatMap((list) => list.map((remark) => remark.text)),
])]

const note = (text) => ` <sup>${notes.indexOf(text) + 1}</sup>`

const row = (cells) => `| ${cells.join(' | ')} |\n`

export class Document {
  #marks = new Map()

  // mark notes how a cell came out and passes it on.
  async mark(name, from, to, outcome) {
    const place = [name, from, to].join()
    this.#marks.set(place, '✗')
    await outcome
    this.#marks.set(place, '✓')
  }

  // check compares the page with what was found, or writes it.
  async check() {
    const page = this.#page()
    if (process.env.UPDATE) return writeFile(file, page)
    assert.equal(page, await readFile(file, 'utf8'), 'docs/compatibility.md is stale: run with UPDATE=1')
  }

  #page() {
    const footnotes = notes.map((note, i) => `${i + 1}. ${note}\n`).join('')
    return head + Object.keys(clients).map((from) => this.#table(from)).join('') + `\n## Notes\n\n${footnotes}`
  }

  #table(from) {
    const titles = Object.values(upstreams).map((u) => u.title)
    const rows = Object.keys(scenarios).map((name) => row([name, ...Object.keys(upstreams).map((to) => this.#cell(name, from, to))]))
    const rule = '|---|' + titles.map(() => ':-:|').join('') + '\n'
    return `\n## ${clients[from].title} (\`${clients[from].sdk}\`)\n\n` + row(['', ...titles]) + rule + rows.join('')
  }

  #cell(name, from, to) {
    const why = inexpressible[name]?.[from]
    if (why) return '–' + note(why)
    const told = (remarks[name] ?? []).filter((remark) => remark.on(from, to)).map((remark) => note(remark.text))
    return (this.#marks.get([name, from, to].join()) ?? '✗') + told.join('')
  }
}
