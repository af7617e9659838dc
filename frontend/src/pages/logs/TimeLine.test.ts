import { afterEach, describe, expect, it } from 'vitest'
import { mounted } from '@/testing/mounted'
import { record } from '@/testing/records'
import { signedIn } from '@/testing/session'
import TimeLine from './TimeLine.vue'

let wrapper: ReturnType<typeof mounted>

afterEach(() => {
  wrapper.unmount()
})

const attempt = { channel_id: 'chn_1', account_id: 'acc_1', status: 200, reason: '', started_at: '2026-01-01T12:00:00.200Z', duration_ms: 800 }

describe('the drawn time line', () => {
  it('tells in words and numbers what it draws', () => {
    signedIn({})
    const failed = { ...attempt, account_id: 'acc_0', status: 429, reason: 'rate limit', started_at: '2026-01-01T12:00:00.100Z', connect_ms: 10, first_byte_ms: 60, duration_ms: 60 }
    const attempts = [failed, { ...attempt, connect_ms: 20, first_byte_ms: 300, content_ms: 400 }]
    wrapper = mounted(TimeLine, { record: record({ queue_ms: 100, duration_ms: 1000, attempts }) })
    const labels = wrapper.findAll('[role="img"]').map((bar) => bar.attributes('aria-label'))
    expect(labels).toHaveLength(3)
    expect(labels[0]).toMatch(/Waiting for an account: 100ms/)
    expect(labels[1]).toMatch(/^acc_0: Connecting and sending: 10ms \(from 100ms to 110ms\); Waiting for the first byte: 50ms/)
    expect(labels[2]).toMatch(/Content: 400ms \(from 600ms to 1s\)$/)
    const lines = wrapper.findAll('[data-test="timeline-attempt"]')
    expect(lines[0]?.classes()).toContain('bad')
    expect(lines[0]?.text()).toContain('429')
    expect(lines[0]?.text()).toContain('rate limit')
    expect(lines[0]?.find('.piece.end').exists()).toBe(true)
    expect(lines[1]?.find('.end').exists()).toBe(false)
    expect(wrapper.get('.legend').text()).toContain('Failed')
  })

  it('shows that a request is under way', () => {
    signedIn({})
    wrapper = mounted(TimeLine, { record: record({ outcome: 'in_flight', attempts: null, duration_ms: 0, time: new Date(Date.now() - 3000).toISOString() }) })
    expect(wrapper.get('[role="img"]').attributes('aria-label')).toMatch(/^Under way: Under way: 3/)
    expect(wrapper.find('.legend').exists()).toBe(false)
  })
})
