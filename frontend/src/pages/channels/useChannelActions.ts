import { reactive } from 'vue'
import { useI18n } from 'vue-i18n'
import type { Account, Channel, TestResult } from '@/api/types'
import { useNotify } from '@/components/notify'
import { useFormat } from '@/format/useFormat'
import { useAccounts } from '@/stores/accounts'
import { useChannels } from '@/stores/channels'
import { useSession } from '@/stores/session'

/** What can be done to a channel or an account, with its questions and answers. */
export function useChannelActions() {
  const { t } = useI18n()
  const format = useFormat()
  const notify = useNotify()
  const session = useSession()
  const channels = useChannels()
  const accounts = useAccounts()
  /** The ids whose test is under way. */
  const testing = reactive(new Set<string>())

  function report(name: string, result: TestResult): void {
    if (!result.ok) {
      notify.failed(t('test.failed', { name, error: result.error ?? '' }))
      return
    }
    const time = format.value.duration(result.latency_ms)
    notify.success(t('test.ok', { name, model: result.model, time }))
  }

  async function run(id: string, name: string, test: () => Promise<TestResult>): Promise<void> {
    testing.add(id)
    await notify.attempt(async () => {
      report(name, await test())
    })
    testing.delete(id)
  }

  const test = (channel: Channel) => run(channel.id, channel.name, () => session.api.testChannel(channel.id))

  async function testAccount(account: Account): Promise<void> {
    await run(account.id, account.name, () => session.api.testAccount(account.id))
    accounts.touch(account.id, 0)
  }

  /** Deletes after asking; `done` runs once it is gone. */
  function remove(channel: Channel, done?: () => void): void {
    const n = accounts.byChannel.get(channel.id)?.length ?? channel.accounts
    const question = {
      title: t('channels.deleteTitle', { name: channel.name }),
      content: n > 0 ? t('channels.deleteText', { n }, n) : t('channels.deleteTextEmpty'),
      confirm: t('common.delete'),
    }
    notify.ask(question, async () => {
      await channels.destroy(channel.id)
      done?.()
    })
  }

  function removeAccount(account: Account): void {
    const question = {
      title: t('accounts.deleteTitle', { name: account.name }),
      content: t('accounts.deleteText'),
      confirm: t('common.delete'),
    }
    notify.ask(question, () => accounts.destroy(account.id))
  }

  async function reset(account: Account): Promise<void> {
    const done = await notify.attempt(() => accounts.reset(account.id))
    if (done) notify.success(t('accounts.resetDone', { name: account.name }))
  }

  /** Asks the provider what the account has used. */
  const refreshUsage = (account: Account) => notify.attempt(() => accounts.refreshUsage(account.id))

  return { testing, refreshUsage, test, testAccount, remove, removeAccount, reset }
}
