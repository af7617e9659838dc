import { flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import { ApiError } from '@/api'
import type { AccountImport, ImportInput, ImportResult } from '@/api/types'
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

const record: AccountImport = {
  id: 'imp_1', created_at: '2026-01-01T00:00:00Z', state: 'done', files: [], on_failure: 'keep', channels: [],
  total: 1, done: 0, ok: 0, failed: 0, accounts: [],
}

let wrapper: ReturnType<typeof mounted>

function find<T extends HTMLElement>(test: string): T | null {
  return document.querySelector<T>(`[data-test="${test}"]`)
}

async function opened(importAccounts: (id: string, input: ImportInput) => Promise<ImportResult>) {
  const spy = vi.fn(importAccounts)
  signedIn({
    importAccounts: spy,
    listAccounts: () => Promise.resolve({ items: [] }),
    listChannels: () => Promise.resolve({ items: [] }),
    findImport: () => Promise.resolve(record),
    undoImport: () => Promise.resolve({ deleted: 1, kept: 0, gone: 0, channels: 0 }),
  })
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

  it('checks first, shows problems on top, then imports, and back', async () => {
    const spy = await opened((_, input) => Promise.resolve(input.dry_run ? result : { ...result, import_id: 'imp_1' }))
    expect(find('import-run')).toBeNull()
    await click('import-check')
    expect(spy).toHaveBeenLastCalledWith('chn_1', { content: 'sk-one\nsk-two\nx', files: [], dry_run: true })
    const rows = [...(find('import-result')?.querySelectorAll('tbody tr') ?? [])].map((r) => r.textContent)
    expect(rows).toHaveLength(3)
    expect(rows[0]).toContain('too short')
    expect(rows[1]).toContain('Same as one')
    await click('import-chip-duplicate')
    expect(find('import-result')?.querySelectorAll('tbody tr')).toHaveLength(1)
    expect(find('import-run')?.textContent).toContain('Import 1 account')
    await click('import-run')
    expect(spy).toHaveBeenLastCalledWith('chn_1', { content: 'sk-one\nsk-two\nx', files: [], dry_run: false })
    expect(find('import-outcome')?.textContent).toContain('1 account imported')
    await click('import-undo')
    expect(find('import-undone')?.textContent).toContain('1 removed')
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
