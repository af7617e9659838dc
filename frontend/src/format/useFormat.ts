import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import * as f from './format'

/** The formatters bound to the language of the interface. */
export function useFormat() {
  const { locale } = useI18n()
  return computed(() => ({
    number: (n: number) => f.formatNumber(locale.value, n),
    compact: (n: number) => f.formatCompact(locale.value, n),
    cost: (n: number) => f.formatCost(locale.value, n),
    percent: (n: number) => f.formatPercent(locale.value, n),
    bytes: (n: number) => f.formatBytes(locale.value, n),
    duration: (ms: number) => f.formatDuration(locale.value, ms),
    relative: (iso: string, now: number) => f.formatRelative(locale.value, iso, now),
    exact: (iso: string) => f.formatExact(locale.value, iso),
    moment: (iso: string, now: number) => f.formatMoment(locale.value, iso, now),
    date: (iso: string) => f.formatDate(locale.value, iso),
  }))
}
