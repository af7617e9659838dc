import { flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ApiError } from '@/api'
import type { LogBody, Settings } from '@/api/types'
import { mounted } from '@/testing/mounted'
import { record } from '@/testing/records'
import { signedIn } from '@/testing/session'
import LogBodies from './LogBodies.vue'

let wrapper: ReturnType<typeof mounted>

afterEach(() => {
  wrapper.unmount()
})

const kept: LogBody = {
  id: 'req_1',
  request: '{"model":"m"}',
  upstream_request: '{"modelId":"n"}',
  response: 'data: {"a":1}\n\n',
  truncated: ['response'],
  redacted: 2,
}

const settings = (capture: Settings['capture']) => vi.fn().mockResolvedValue({ capture })

describe('the bodies of a request', () => {
  it('are fetched when somebody wants to see them', async () => {
    const findLogBody = vi.fn().mockResolvedValue(kept)
    signedIn({ findSettings: settings('all'), findLogBody })
    wrapper = mounted(LogBodies, { record: record({ captured: true }) })
    await flushPromises()
    expect(findLogBody).not.toHaveBeenCalled()
    await wrapper.get('[data-test="bodies-show"]').trigger('click')
    await flushPromises()
    expect(findLogBody).toHaveBeenCalledWith('req_1')
    expect(wrapper.get('[data-test="bodies-text"]').text()).toBe('{\n  "model": "m"\n}')
    expect(wrapper.text()).toContain('2 secrets')
    expect(wrapper.text()).not.toContain('beginning')
    await wrapper.get('[data-test="segment-upstream_request"] input').setValue(true)
    expect(wrapper.get('[data-test="bodies-text"]').text()).toContain('"modelId": "n"')
    await wrapper.get('[data-test="segment-response"] input').setValue(true)
    expect(wrapper.get('[data-test="bodies-text"]').text()).toBe('data: {"a":1}')
    expect(wrapper.text()).toContain('beginning')
  })

  it('have no tab for what the provider got when it is the same', async () => {
    signedIn({ findSettings: settings('all'), findLogBody: vi.fn().mockResolvedValue({ ...kept, upstream_request: undefined, response: '' }) })
    wrapper = mounted(LogBodies, { record: record({ captured: true }) })
    await wrapper.get('[data-test="bodies-show"]').trigger('click')
    await flushPromises()
    expect(wrapper.find('[data-test="segment-upstream_request"]').exists()).toBe(false)
    await wrapper.get('[data-test="segment-response"] input').setValue(true)
    expect(wrapper.find('[data-test="bodies-text"]').exists()).toBe(false)
    expect(wrapper.text()).toContain('Nothing was sent')
  })

  it('are laid out in part when they are very long', async () => {
    signedIn({ findSettings: settings('all'), findLogBody: vi.fn().mockResolvedValue({ ...kept, request: 'x'.repeat(150_000) }) })
    wrapper = mounted(LogBodies, { record: record({ captured: true }) })
    await wrapper.get('[data-test="bodies-show"]').trigger('click')
    await flushPromises()
    expect(wrapper.get('[data-test="bodies-text"]').text()).toHaveLength(100_000)
    await wrapper.get('.more').trigger('click')
    expect(wrapper.get('[data-test="bodies-text"]').text()).toHaveLength(150_000)
  })

  it.each([
    ['off', 'Bodies are not kept.'],
    ['errors', 'The bodies of this request were not kept.'],
  ] as const)('point to the settings when there are none and capture is %s', async (mode, want) => {
    signedIn({ findSettings: settings(mode) })
    wrapper = mounted(LogBodies, { record: record() })
    await flushPromises()
    expect(wrapper.get('[data-test="bodies-none"]').text()).toContain(want)
    expect(wrapper.get('a').attributes('href')).toContain('/settings#bodies')
    expect(wrapper.find('[data-test="bodies-show"]').exists()).toBe(false)
  })

  it('say when they are gone', async () => {
    const findLogBody = vi.fn().mockRejectedValue(new ApiError('not_found', 'They are no longer kept.'))
    signedIn({ findSettings: settings('all'), findLogBody })
    wrapper = mounted(LogBodies, { record: record({ captured: true }) })
    await wrapper.get('[data-test="bodies-show"]').trigger('click')
    await flushPromises()
    expect(wrapper.text()).toContain('no longer kept')
  })
})
