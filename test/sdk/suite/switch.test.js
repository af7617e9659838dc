// A conversation of ten turns with tools and reasoning that goes to another
// upstream at every step, by chance: reasoning is signed, a signature is good
// for its own account only, and the providers check that.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Cell } from '../matrix/cell.js'
import { clients } from '../matrix/parties.js'
import { Session } from '../session.js'

const session = Session.open()
const turns = 10

// The models differ in how their reasoning is asked for and sent back.
const models = [
  { to: 'chat', model: 'gpt-5.1' }, { to: 'responses', model: 'gpt-6' }, { to: 'anthropic', model: 'claude-sonnet-4-6' },
  { to: 'anthropic', model: 'claude-opus-5-5' }, { to: 'anthropic', model: 'claude-sonnet-4-5' },
  { to: 'gemini', model: 'gemini-3-flash' }, { to: 'gemini', model: 'gemini-2.5-pro' },
]

// before lists the models for a client: of its own format one only. Nothing is
// converted there, so that what one account has signed would come to another
// as it is.
const before = (from) => models.filter((m, i) => m.to !== from || models.findIndex((one) => one.to === from) === i)

// chance is a generator of numbers below n: the same seed, the same numbers.
function chance(seed) {
  let state = seed
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * n)
  }
}

const calls = {
  one: '[sim:tool=get_weather args={"city":"Paris"}]',
  parallel: '[sim:tool=get_weather args={"city":"Paris"}] [sim:tool=get_clock args={"zone":"Europe/Paris"}]',
  steps: '[sim:tool=get_weather args={"city":"Paris"}] [sim:next] [sim:tool=get_clock args={"zone":"Europe/Paris"}]',
}

// converse holds the conversation with whichever cell the number picks.
async function converse(cells, pick) {
  const history = [{ system: 'Be brief.' }]
  const say = async () => {
    const cell = cells[pick(cells.length)]
    const question = { turns: history, tools: true, think: true, limit: 16000 }
    const answer = await cell.ask(question, { stream: pick(2) === 1 })
    history.push({ answer })
    return answer
  }
  for (let turn = 0; turn < turns; turn++) {
    const kind = Object.keys(calls)[pick(3)]
    history.push({ user: `Turn ${turn}: weather and time. ${calls[kind]}` })
    let answer = await say()
    for (let step = 0; answer.calls.length > 0; step++) {
      assert.ok(step < 3, 'the calls come to an end')
      const results = answer.calls.map((call, i) => ({ call, text: `result ${turn} ${step} ${i}` }))
      history.push({ results })
      answer = await say()
      if (answer.calls.length === 0) for (const r of results) assert.match(answer.text, new RegExp(r.text))
    }
    assert.ok(history.at(-2).results, `turn ${turn} has called a tool`)
  }
}

async function opened(from, list, name) {
  const cells = list.map(({ to, model }, i) => ({ cell: new Cell(session, `${name} ${i} ${model}`, from, to), model }))
  for (const { cell, model } of cells) await cell.open(model)
  return cells.map(({ cell }) => cell)
}

describe('ten turns with any upstream', { concurrency: 4 }, () => {
  for (const from of Object.keys(clients)) {
    for (const seed of [1, 2, 3]) {
      test(`${from}, seed ${seed}`, async () => {
        const cells = await opened(from, before(from), seed)
        await converse(cells, chance(seed))
        for (const cell of cells.filter((c) => c.answers.length > 0)) await cell.agrees()
      })
    }

    test(`${from}, two accounts of its own format`, async () => {
      const own = models.find((m) => m.to === from)
      const cells = await opened(from, [own, own], 'own')
      await converse(cells, chance(4))
      // What was refused was asked again: each question has its answer.
      for (const cell of cells) assert.equal((await cell.rows()).filter((r) => r.outcome === 'ok').length, cell.answers.length)
    })
  }
})
