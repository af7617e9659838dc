import type { Account, LoginInput, LoginKind } from '@/api/types'
import { loginKinds } from '@/api/types'
import { collect, httpUrl, required, type Problems } from '@/forms/rules'

/** What a person can choose in the dialog: a device sign-in, or a key. */
export type Choice = LoginKind | 'api_key'
export const choices: readonly Choice[] = [...loginKinds, 'api_key']

/** What the dialog's first step edits. */
export interface SignInForm {
  kind: Choice
  start_url: string
  region: string
  api_key: string
}

/** The form of a new sign-in, or of one that renews an account. */
export function signInForm(account?: Account): SignInForm {
  const known = account?.sign_in
  return {
    kind: choices.find((kind) => kind === known?.kind) ?? 'builder_id',
    start_url: known?.start_url ?? '',
    region: known?.region ?? '',
    api_key: '',
  }
}

/** The start URL as it is copied from a browser's address bar, without what the page added. */
function startUrl(form: SignInForm): string {
  return form.start_url.trim().replace(/#.*$/, '').replace(/\/+$/, '')
}

/** What is wrong with the form, by the server's names of the fields. */
export function checkSignIn(form: SignInForm): Problems {
  const organisation = form.kind === 'identity_center'
  return collect({
    start_url: organisation ? (required(form.start_url) ?? httpUrl(startUrl(form))) : undefined,
    'credential.api_key': form.kind === 'api_key' ? required(form.api_key) : undefined,
  })
}

/** What is sent for a device sign-in. */
export function signInInput(form: SignInForm, channelId: string, accountId?: string): LoginInput {
  const organisation = form.kind === 'identity_center'
  const region = form.region.trim()
  return {
    channel_id: channelId,
    kind: form.kind as LoginKind,
    ...(accountId !== undefined && { account_id: accountId }),
    ...(organisation && { start_url: startUrl(form) }),
    ...(organisation && region !== '' && { region }),
  }
}

/** Reports whether signing in can help an account, and would not take its key away. */
export function canSignInAgain(account: Account): boolean {
  return account.sign_in !== undefined && account.sign_in.kind !== 'external_idp'
}
