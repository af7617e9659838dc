// Session is what a suite works with: a gateway, and a fetch for the SDKs that
// remembers which rows of the ledger their answers named.
import { after, before, describe, test } from 'node:test'
import { Gateway } from './gateway.js'
import { ledgerAgrees, sameUsage } from './ledger.js'
import { models } from './models.js'

export class Session {
  gateway = new Gateway()
  sent = new Set()
  last = undefined

  // open starts the gateway before the tests of the file and compares the
  // ledger with the providers after them.
  static open(ready = () => {}) {
    const session = new Session()
    before(async () => {
      await session.gateway.start()
      await ready(session)
    })
    after(() => session.gateway.stop())
    return session
  }

  fetch = async (input, init) => {
    const response = await fetch(input, init)
    const id = response.headers.get('x-aihub-request-id')
    if (id) this.last = id
    // Lists of models and callers whom nobody knows have no row.
    if (id && init?.method === 'POST' && ![401, 403].includes(response.status)) this.sent.add(id)
    return response
  }

  // row is the ledger's row of the last answer.
  row() { return this.gateway.row(this.last) }

  // ended waits until the row of the last answer is ended.
  async ended(id = this.last) {
    await this.gateway.settled()
    return this.gateway.row(id)
  }

  // counted checks that the row of the last answer holds what the client was
  // told.
  async counted(usage) {
    await this.ended()
    return sameUsage(this.gateway, this.last, usage)
  }

  // agrees is the last test of a file.
  agrees() {
    test('the ledger agrees with the providers', () => ledgerAgrees(this.gateway, this.sent))
  }
}

// matrix runs every case of a client's format against every model; run is told
// whether the model's channel takes that format as it is.
export function matrix(format, cases) {
  for (const model of models) {
    describe(model.name, () => {
      for (const [name, run] of Object.entries(cases)) test(name, () => run(model.name, model.native.includes(format)))
    })
  }
}
