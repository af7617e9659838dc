import { describe, expect, it } from 'vitest'
import { account } from '@/testing/records'
import { canSignInAgain, checkSignIn, signInForm, signInInput } from './signIn'

describe('the form of a sign-in', () => {
  it('begins with how the account was signed in', () => {
    const known = account({ sign_in: { kind: 'identity_center', start_url: 'https://d-1.awsapps.com/start', region: 'eu-west-1' } })
    expect(signInForm(known)).toMatchObject({ kind: 'identity_center', start_url: 'https://d-1.awsapps.com/start', region: 'eu-west-1' })
    expect(signInForm(account({ sign_in: { kind: 'social' } })).kind).toBe('builder_id')
    expect(signInForm().kind).toBe('builder_id')
  })

  it('asks for what the kind needs, and for nothing else', () => {
    expect(checkSignIn(signInForm())).toEqual({})
    expect(Object.keys(checkSignIn({ ...signInForm(), kind: 'identity_center' }))).toEqual(['start_url'])
    expect(Object.keys(checkSignIn({ ...signInForm(), kind: 'api_key' }))).toEqual(['credential.api_key'])
  })

  it('sends the start URL without what the page added to it', () => {
    const form = { ...signInForm(), kind: 'identity_center' as const, start_url: ' https://d-1.awsapps.com/start/#/?tab=accounts ' }
    expect(checkSignIn(form)).toEqual({})
    expect(signInInput(form, 'chn_1', 'acc_1')).toEqual({
      channel_id: 'chn_1',
      kind: 'identity_center',
      account_id: 'acc_1',
      start_url: 'https://d-1.awsapps.com/start',
    })
    expect(signInInput({ ...form, kind: 'google' }, 'chn_1')).toEqual({ channel_id: 'chn_1', kind: 'google' })
  })

  it('is offered again where it can help', () => {
    expect(canSignInAgain(account())).toBe(false)
    expect(canSignInAgain(account({ sign_in: { kind: 'external_idp' } }))).toBe(false)
    expect(canSignInAgain(account({ sign_in: { kind: 'social' } }))).toBe(true)
  })
})
