import { flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import { ApiError } from '@/api'
import type { ImportInput, ImportResult } from '@/api/types'
import { channel } from '@/testing/records'
import { mounted } from '@/testing/mounted'
import { signedIn } from '@/testing/session'
import ImportDialog from './ImportDialog.vue'

const result: ImportResult = {
  rows: [
    { line: 1, kind: 'api_key', name: 'one', valid: true },
    { line: 2, kind: 'api_key', name: 'two', valid: true, duplicate_of: 'one' },
    { line: 3, kind: 'unknown', name: '', valid: false, problem: 'too short' },
  ],
  created: 1,
  skipped: 1,
  failed: 1,
}

let wrapper: ReturnType<typeof mounted>

function find<T extends HTMLElement>(test: string): T | null {
  return document.querySelector<T>(`[data-test="${test}"]`)
}

async function opened(importAccounts: (id: string, input: ImportInput) => Promise<ImportResult>) {
  const spy = vi.fn(importAccounts)
  signedIn({ importAccounts: spy, listAccounts: () => Promise.resolve({ items: [] }) })
  wrapper = mounted(ImportDialog, { show: true, channel: channel() })
  await nextTick()
  await paste('sk-one\nsk-two\nx')
  return spy
}

async function paste(text: string): Promise<void> {
  const area = find('import-text')?.querySelector('textarea')
  if (!area) throw new Error('no text field')
  area.value = text
  area.dispatchEvent(new Event('input'))
  await nextTick()
}

async function click(test: string): Promise<void> {
  find(test)?.click()
  await flushPromises()
}

describe('ImportDialog', () => {
  afterEach(() => {
    wrapper.unmount()
    document.body.innerHTML = ''
  })

  it('checks first, shows problems on top, then imports', async () => {
    const spy = await opened(() => Promise.resolve(result))
    expect(find('import-run')).toBeNull()
    await click('import-check')
    expect(spy).toHaveBeenLastCalledWith('chn_1', { content: 'sk-one\nsk-two\nx', files: [], dry_run: true })
    const rows = [...(find('import-result')?.querySelectorAll('tbody tr') ?? [])].map((r) => r.textContent)
    expect(rows).toHaveLength(3)
    expect(rows[0]).toContain('too short')
    expect(rows[1]).toContain('Same as one')
    expect(find('import-run')?.textContent).toContain('Import 1 account')
    await click('import-run')
    expect(spy).toHaveBeenLastCalledWith('chn_1', { content: 'sk-one\nsk-two\nx', files: [], dry_run: false })
  })

  it('asks for another check when the text changes', async () => {
    await opened(() => Promise.resolve(result))
    await click('import-check')
    await paste('sk-other')
    expect(find('import-run')).toBeNull()
    expect(find('import-check')).not.toBeNull()
  })

  it('offers no import when nothing can be created', async () => {
    await opened(() => Promise.resolve({ ...result, created: 0 }))
    await click('import-check')
    expect(find<HTMLButtonElement>('import-run')?.disabled).toBe(true)
  })

  it('shows what the server says', async () => {
    await opened(() => Promise.reject(new ApiError('invalid', 'there is nothing to import')))
    await click('import-check')
    expect(find('import-problem')?.textContent).toBe('there is nothing to import')
  })
})
