import { afterEach, describe, expect, it } from 'vitest'
import AccountState from '@/components/AccountState.vue'
import { mounted } from '@/testing/mounted'
import { account } from '@/testing/records'
import { signedIn } from '@/testing/session'
import UsageParts from './UsageParts.vue'

let wrapper: ReturnType<typeof mounted>

afterEach(() => {
  wrapper.unmount()
})

const usage = {
  unit: 'credits',
  owner: 'me@example.org',
  used: 432.5,
  limit: 1600,
  remaining: 1167.5,
  resets_at: '2026-11-01T00:00:00Z',
  fetched_at: '2026-10-20T10:00:00Z',
  parts: [
    { kind: 'plan', name: '', used: 412, limit: 1000 },
    { kind: 'trial', name: '', used: 20.5, limit: 500, expires_at: '2026-11-05T00:00:00Z' },
    { kind: 'bonus', name: 'Welcome', used: 0, limit: 100, expires_at: '2026-11-06T00:00:00Z' },
  ],
  overage: { enabled: true, used: 12, limit: 10000, cost_usd: 0.48 },
}

describe('the usage of an account', () => {
  it('is shown part by part, with what costs extra apart', () => {
    signedIn({})
    wrapper = mounted(UsageParts, { usage })
    const parts = wrapper.findAll('[data-test="usage-part"]').map((part) => part.text())
    expect(parts).toHaveLength(3)
    expect(parts[0]).toContain('Plan')
    expect(parts[1]).toMatch(/Trial.*20\.5 \/ 500.*Expires/)
    expect(parts[2]).toMatch(/Bonus · Welcome/)
    expect(wrapper.get('[data-test="usage-overage"]').text()).toMatch(/12 \/ 10,000 · \$0\.48/)
    expect(wrapper.text()).toContain('me@example.org')
  })

  it('says when what costs extra is switched off', () => {
    signedIn({})
    wrapper = mounted(UsageParts, { usage: { ...usage, overage: { ...usage.overage, enabled: false } } })
    expect(wrapper.get('[data-test="usage-overage"]').text()).toContain('Switched off')
  })
})

describe('the sources of a usage', () => {
  const month = '2026-12-01T00:00:00Z'
  const mixed = {
    unit: 'usd',
    source: 'provider_report' as const,
    used: 12.5,
    limit: 0,
    remaining: 0,
    unlimited: true,
    resets_at: month,
    fetched_at: '2026-11-20T10:00:00Z',
    parts: [
      { name: 'cost', unit: 'usd', used: 12.5, limit: 0 },
      { name: 'input_tokens', unit: 'tokens', used: 120000, limit: 0 },
      { name: 'tokens', unit: 'tokens', used: 500, limit: 2000, source: 'answer_headers' as const, fetched_at: '2026-11-20T11:00:00Z', was_reset: true },
      { name: 'cost', unit: 'usd', used: 11.9, limit: 0, source: 'own_ledger' as const },
    ],
  }

  it('stand apart, each with what it tells', () => {
    signedIn({})
    wrapper = mounted(UsageParts, { usage: mixed, gap: 'no_limit' })
    expect(wrapper.get('[data-test="usage-provider_report"]').text()).toMatch(/report on the organisation.*Cost.*\$12\.50.*Tokens in.*120,000/)
    expect(wrapper.get('[data-test="usage-answer_headers"]').text()).toMatch(/Tokens.*2,000.*free again/)
    expect(wrapper.get('[data-test="usage-own_ledger"]').text()).toMatch(/Through AiHub.*\$11\.90/)
    expect(wrapper.get('[data-test="forecast-gap"]').text()).toContain('No forecast')
  })

  it('say how long the account lasts, and on what that rests', () => {
    signedIn({})
    const forecast = {
      limit: 'budget_cost_usd',
      unit: 'usd',
      remaining: 2,
      rate: 0.4,
      per: 'hour',
      basis: 'own_ledger' as const,
      measured_hours: 24,
      exhausted_at: new Date(Date.now() + 5 * 3_600_000).toISOString(),
      before_reset: true,
      confidence: 'high' as const,
    }
    wrapper = mounted(UsageParts, { usage: mixed, forecast })
    const text = wrapper.get('[data-test="forecast-whole"]').text()
    expect(text).toMatch(/Dollar budget.*Used up in about 5h/)
    expect(text).toMatch(/last 1d: \$0\.40 an hour by AiHub's own ledger/)
  })
})

describe('a suspended account', () => {
  it('shows what the provider says and where to turn to', () => {
    signedIn({})
    const text = 'We locked your account as a security precaution'
    wrapper = mounted(AccountState, { account: account({ state: 'suspended', state_reason: text, state_link: 'https://support.example/kiro' }) })
    expect(wrapper.text()).toContain(text)
    expect(wrapper.get('[data-test="account-link"]').attributes('href')).toBe('https://support.example/kiro')
  })

  it('links to nothing but a web page', () => {
    signedIn({})
    wrapper = mounted(AccountState, { account: account({ state: 'suspended', state_reason: 'x', state_link: 'javascript:alert(1)' }) })
    expect(wrapper.find('[data-test="account-link"]').exists()).toBe(false)
  })
})
