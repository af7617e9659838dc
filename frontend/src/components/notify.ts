import { useDialog, useMessage } from 'naive-ui'
import { useI18n } from 'vue-i18n'
import { asApiError } from '@/api'

/** What a person is asked before something is lost. */
export interface Question {
  title: string
  content: string
  confirm: string
}

/** Short messages, and questions before something is lost. */
export function useNotify() {
  const message = useMessage()
  const dialog = useDialog()
  const { t } = useI18n()

  /** Says in the person's language what failed; the server's words are the detail. */
  function failed(cause: unknown): void {
    const error = asApiError(cause)
    // The sign-in page says it.
    if (error.code === 'unauthorized') return
    message.error(error.code === 'unreachable' ? t('common.unreachable') : error.message, {
      duration: 6000,
      closable: true,
    })
  }

  /** Says what went wrong without being an error of an operation. */
  function warn(text: string): void {
    message.error(text, { duration: 6000, closable: true })
  }

  /** Runs an action and reports its failure; true when it went well. */
  async function attempt(action: () => Promise<unknown>): Promise<boolean> {
    try {
      await action()
      return true
    } catch (cause) {
      failed(cause)
      return false
    }
  }

  /** Asks, and runs the action when the answer is yes; the dialog waits for it. */
  function ask(question: Question, action: () => Promise<unknown>): void {
    const open = dialog.error({
      title: question.title,
      content: question.content,
      positiveText: question.confirm,
      negativeText: t('common.cancel'),
      positiveButtonProps: { type: 'error', 'data-test': 'confirm' } as object,
      negativeButtonProps: { type: 'default', ghost: false, 'data-test': 'cancel' } as object,
      showIcon: false,
      autoFocus: true,
      onPositiveClick: async () => {
        open.loading = true
        const done = await attempt(action)
        open.loading = false
        return done
      },
    })
  }

  return { success: (text: string) => message.success(text), warn, failed, attempt, ask }
}
