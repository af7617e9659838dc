import { describe, expect, it } from 'vitest'
import { ApiError, asApiError, errorFromProblem } from './error'

describe('errorFromProblem', () => {
  it('takes code, detail and the fields at fault', () => {
    const error = errorFromProblem(
      { code: 'invalid', detail: 'give it a name', errors: [{ field: 'name', message: 'give it a name' }] },
      400,
    )
    expect(error).toMatchObject({ code: 'invalid', message: 'give it a name', fields: { name: 'give it a name' } })
  })

  it.each([
    ['body.quota.tokens', 'quota.tokens'],
    ['/quota/tokens', 'quota.tokens'],
    ['body.models[2]', 'models'],
    ['credential.api_key', 'credential.api_key'],
  ])('names the field of %s', (location, field) => {
    expect(errorFromProblem({ errors: [{ location, message: 'no' }] }, 422).fields).toEqual({ [field]: 'no' })
  })

  it.each([
    [401, 'unauthorized'],
    [404, 'not_found'],
    [422, 'invalid'],
    [429, 'rate_limited'],
    [503, 'unavailable'],
    [599, 'internal'],
  ])('makes of a bare %i a %s', (status, code) => {
    expect(errorFromProblem(undefined, status)).toMatchObject({ code, message: `HTTP ${status}` })
  })

  it('does not trust an unknown code', () => {
    expect(errorFromProblem({ code: 'funny', title: 'Gone' }, 404)).toMatchObject({ code: 'not_found', message: 'Gone' })
  })
})

describe('asApiError', () => {
  it('reads what the bindings throw: an object', () => {
    const thrown = { code: 'conflict', message: 'in use', field: 'port' }
    expect(asApiError(thrown)).toMatchObject({ code: 'conflict', message: 'in use', fields: { port: 'in use' } })
  })

  it('reads what the bindings throw: JSON in a text', () => {
    expect(asApiError('{"code":"not_found","detail":"gone"}')).toMatchObject({ code: 'not_found', message: 'gone' })
  })

  it('keeps plain text and errors readable', () => {
    expect(asApiError('boom')).toMatchObject({ code: 'internal', message: 'boom' })
    expect(asApiError(new Error('boom'))).toMatchObject({ code: 'internal', message: 'boom' })
  })

  it('passes an ApiError on', () => {
    const error = new ApiError('quota', 'used up')
    expect(asApiError(error)).toBe(error)
  })
})
