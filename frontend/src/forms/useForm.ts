import { computed, ref, shallowRef, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { asApiError, type ApiError } from '@/api'
import type { Problems } from './rules'

/**
 * The life of a form: it checks when it is sent and from then on while it is
 * edited; what the server says of a field is shown at the field until it changes.
 */
export function useForm<F extends object>(form: Ref<F>, check: (form: F) => Problems) {
  const { t } = useI18n()
  const busy = ref(false)
  const tried = ref(false)
  const failure = shallowRef<ApiError>()
  const sent = ref('')

  const problems = computed(() => check(form.value))
  const changed = computed(() => JSON.stringify(form.value) !== sent.value)

  /** The text under a field, or "" when it is fine. */
  function error(field: string): string {
    const problem = tried.value ? problems.value[field] : undefined
    if (problem) return t(problem.key, problem.params ?? {})
    return changed.value ? '' : (failure.value?.fields[field] ?? '')
  }

  /** What the server said about no field that the form shows. */
  function general(shown: readonly string[]): string {
    const cause = failure.value
    if (!cause || changed.value) return ''
    const named = Object.keys(cause.fields).some((field) => shown.includes(field))
    return named ? '' : cause.message
  }

  /** Checks and sends; true when the server took it. */
  async function submit(send: () => Promise<unknown>): Promise<boolean> {
    tried.value = true
    if (busy.value || Object.keys(problems.value).length > 0) return false
    busy.value = true
    failure.value = undefined
    sent.value = JSON.stringify(form.value)
    try {
      await send()
      return true
    } catch (cause) {
      failure.value = asApiError(cause)
      return false
    } finally {
      busy.value = false
    }
  }

  /** A clean form: nothing tried, nothing failed. */
  function reset(): void {
    tried.value = false
    failure.value = undefined
  }

  return { busy, error, general, submit, reset, tried, problems }
}
