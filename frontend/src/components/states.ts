import type { AccountState, Outcome } from '@/api/types'
import type { Tone } from './tone'

const stateTones: Readonly<Record<AccountState, Tone>> = {
  ready: 'ok',
  cooling: 'warn',
  exhausted: 'warn',
  needs_login: 'bad',
  suspended: 'bad',
  disabled: 'idle',
}

/** The colour of an account's state. */
export function stateTone(state: AccountState): Tone {
  return stateTones[state]
}

const outcomeTones: Readonly<Record<Outcome, Tone>> = {
  ok: 'ok',
  upstream_error: 'bad',
  bad_request: 'warn',
  rejected: 'warn',
  client_gone: 'idle',
  interrupted: 'bad',
  in_flight: 'accent',
}

/** The colour of how a request ended. */
export function outcomeTone(outcome: Outcome): Tone {
  return outcomeTones[outcome]
}
