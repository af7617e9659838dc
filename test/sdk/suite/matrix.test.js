// Every client, by its provider's SDK, before every upstream, in every
// scenario. The outcome is docs/compatibility.md, which UPDATE=1 writes.
import { describe, test } from 'node:test'
import { Cell } from '../matrix/cell.js'
import { Document } from '../matrix/document.js'
import { inexpressible } from '../matrix/expected.js'
import { clients, upstreams } from '../matrix/parties.js'
import { scenarios } from '../matrix/scenarios.js'
import { Session } from '../session.js'

const session = Session.open()
const document = new Document()

async function run(name, from, to) {
  const cell = new Cell(session, name, from, to)
  await cell.open(name === 'stop sequence' ? upstreams[to].stopper : undefined)
  await scenarios[name](cell)
  await cell.agrees()
}

function every(name) {
  for (const from of Object.keys(clients)) {
    if (inexpressible[name]?.[from]) continue
    for (const to of Object.keys(upstreams)) {
      test(`${name}: ${from} to ${to}`, () => document.mark(name, from, to, run(name, from, to)))
    }
  }
}

// What a provider's fault teaches about its model or address holds for every
// account there, so these come alone and last.
const alone = ['error inside the stream']

describe('the matrix', { concurrency: 12 }, () => {
  Object.keys(scenarios).filter((name) => !alone.includes(name)).forEach(every)
})
describe('the matrix, one by one', () => alone.forEach(every))

test('the document tells what was found', () => document.check())
