import { useI18n } from 'vue-i18n'
import type { Key, User } from '@/api/types'
import { useNotify } from '@/components/notify'
import { isSet } from '@/format/format'
import { useUsers } from '@/stores/users'

/** When any key of the user was last used. */
export function lastUse(user: User): string | undefined {
  return user.keys
    .map((key) => key.last_used_at)
    .filter(isSet)
    .sort()
    .at(-1)
}

/** What can be done to a user, with its questions. */
export function useUserActions() {
  const { t } = useI18n()
  const notify = useNotify()
  const users = useUsers()

  function remove(user: User, done?: () => void): void {
    const question = {
      title: t('users.deleteTitle', { name: user.name }),
      content: t('users.deleteText', { n: user.keys.length }, user.keys.length),
      confirm: t('common.delete'),
    }
    notify.ask(question, async () => {
      await users.destroy(user.id)
      done?.()
    })
  }

  function removeKey(user: User, key: Key): void {
    const question = {
      title: t('keys.deleteTitle', { name: key.name }),
      content: t('keys.deleteText', { prefix: key.prefix }),
      confirm: t('common.delete'),
    }
    notify.ask(question, () => users.deleteKey(user.id, key.id))
  }

  return { remove, removeKey }
}
