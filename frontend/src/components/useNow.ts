import { onScopeDispose, ref, type Ref } from 'vue'

/** The present moment, renewed every `ms`, for as long as the component lives. */
export function useNow(ms = 1000): Ref<number> {
  const now = ref(Date.now())
  const timer = setInterval(() => {
    now.value = Date.now()
  }, ms)
  onScopeDispose(() => {
    clearInterval(timer)
  })
  return now
}
