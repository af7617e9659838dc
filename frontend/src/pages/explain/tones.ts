import type { ChoiceLine } from '@/api/types'
import type { Tone } from '@/components/tone'

const tones: Readonly<Record<ChoiceLine['code'], Tone>> = {
  chosen: 'ok',
  fit: 'ok',
  not_its_turn: 'ok',
  lower_tier: 'accent',
  disabled: 'idle',
  channel_disabled: 'idle',
  not_offered: 'idle',
  other_provider: 'idle',
  closed: 'bad',
  model_cooling: 'warn',
  unreachable: 'bad',
  busy: 'warn',
  rate_limit: 'warn',
  recovering: 'warn',
  budget: 'warn',
  outside_its_hours: 'idle',
}

/** The colour of what a choice says of an account. */
export function choiceTone(code: ChoiceLine['code']): Tone {
  return tones[code]
}
