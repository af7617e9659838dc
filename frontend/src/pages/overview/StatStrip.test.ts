import { afterEach, describe, expect, it, vi } from 'vitest'
import { flushPromises } from '@vue/test-utils'
import { noCounts, noLatency } from '@/format/trend'
import { useStats } from '@/stores/stats'
import { mounted } from '@/testing/mounted'
import { signedIn } from '@/testing/session'
import StatStrip from './StatStrip.vue'

let wrapper: ReturnType<typeof mounted>

async function strip(cost: number) {
  vi.setSystemTime(new Date(2026, 0, 2, 12))
  const counts = { ...noCounts, requests: 12_345, errors: 2, input_tokens: 100, output_tokens: 50, cost_usd: cost }
  const trend = [{ ...counts, time: new Date(2026, 0, 2, 11).toISOString() }]
  signedIn({ findStats: () => Promise.resolve({ totals: counts, previous: noCounts, latency: noLatency, trend, top_users: [], models: [], channels: [], accounts: [] }) })
  await useStats().load()
  wrapper = mounted(StatStrip)
  await flushPromises()
  return wrapper
}

describe('StatStrip', () => {
  afterEach(() => {
    wrapper.unmount()
    vi.useRealTimers()
  })

  it('shows today and the week', async () => {
    const shown = await strip(0)
    expect(shown.get('[data-test="stat-requests"]').text()).toContain('12.3K')
    expect(shown.get('[data-test="stat-tokens"] .big').text()).toBe('150')
    expect(shown.get('[data-test="stat-errors"] .big').classes()).toContain('bad')
  })

  it('shows no cost while nothing is priced', async () => {
    expect((await strip(0)).find('[data-test="stat-cost"]').exists()).toBe(false)
  })

  it('shows a cost once something is priced', async () => {
    expect((await strip(0.0042)).get('[data-test="stat-cost"] .big').text()).toBe('$0.0042')
  })
})
