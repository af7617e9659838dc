/** What a colour says. */
export type Tone = 'ok' | 'warn' | 'bad' | 'idle' | 'accent'
