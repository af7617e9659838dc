// Program is one run of the aihub binary: started, waited for, stopped.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const binary = process.env.AIHUB ?? fileURLToPath(new URL('../../bin/aihub', import.meta.url))

export class Program {
  #child
  #output = ''
  #ended

  // start runs the binary with args. env is added to an environment that holds
  // nothing of the machine's own configuration.
  constructor(args, { env = {}, cwd } = {}) {
    const base = { PATH: process.env.PATH, HOME: cwd, XDG_DATA_HOME: cwd, XDG_CONFIG_HOME: cwd }
    this.#child = spawn(binary, args, { cwd, env: { ...base, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child.on('error', (err) => { this.#output += err.message })
    this.#ended = new Promise((resolve) => this.#child.on('close', (code) => resolve(code)))
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => { this.#output += text })
    }
  }

  // json waits for the line of JSON that --ready-json prints.
  async json() {
    return this.#until(() => {
      const line = this.#output.split('\n').slice(0, -1).find((l) => l.startsWith('{'))
      return line && JSON.parse(line)
    })
  }

  // #until asks again and again as long as the program lives.
  async #until(question) {
    for (;;) {
      const answer = await question()
      if (answer) return answer
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
        throw new Error(`aihub ended with ${this.#child.exitCode ?? this.#child.signalCode}:\n${this.#output}`)
      }
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  // output is everything it has printed so far.
  get output() { return this.#output }

  // kill ends it as a power cut does.
  async kill() {
    this.#child.kill('SIGKILL')
    await this.#ended
  }

  // ended waits for its end and returns the exit code.
  ended() { return this.#ended }

  // stop ends it as a service manager does, and returns its exit code.
  async stop() {
    if (this.#child.exitCode === null) this.#child.kill('SIGTERM')
    return this.ended()
  }
}
