import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { AccountImport, ImportInput, ImportProgress, ImportResult, ImportSource, ImportUndo } from '@/api/types'
import { useAccounts } from './accounts'
import { useChannels } from './channels'
import { useEvents } from './events'
import { useSession } from './session'

/** Imports of accounts, and how the verification of the latest one goes. */
export const useImports = defineStore('imports', () => {
  const session = useSession()
  const accounts = useAccounts()
  const channels = useChannels()
  const latest = shallowRef<AccountImport>()

  useEvents().follow({
    onEvent: (event) => {
      if (event.type === 'import' && event.data.id === latest.value?.id) note(event.data)
    },
    onReset: () => void reload(),
    onSignOut: () => (latest.value = undefined),
  })

  function note(progress: ImportProgress): void {
    if (!latest.value) return
    latest.value = { ...latest.value, ...progress }
    // The reasons of the failures are in the import alone.
    if (progress.state !== 'verifying') void reload()
  }

  async function reload(): Promise<void> {
    const id = latest.value?.id
    if (!id) return
    const found = await session.api.findImport(id).catch(() => undefined)
    if (found && latest.value?.id === id) latest.value = found
  }

  /** Imports into a channel, or (an empty id) into the channels of the providers. */
  async function run(channelId: string, input: ImportInput): Promise<ImportResult> {
    const result = await (channelId ? session.api.importAccounts(channelId, input) : session.api.import(input))
    if (input.dry_run) return result
    accounts.invalidate()
    channels.invalidate()
    latest.value = result.import_id ? await session.api.findImport(result.import_id) : undefined
    return result
  }

  async function cancel(id: string): Promise<void> {
    latest.value = await session.api.cancelImport(id)
  }

  async function undo(id: string): Promise<ImportUndo> {
    const done = await session.api.undoImport(id)
    accounts.invalidate()
    channels.invalidate()
    await reload()
    return done
  }

  async function sources(): Promise<ImportSource[]> {
    return (await session.api.listImportSources()).items
  }

  return { latest, run, cancel, undo, sources }
})
