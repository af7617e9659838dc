import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { useFormat } from '@/format/useFormat'

/** Words an amount of a unit: $1.20, 35%, 1,234 tokens. */
export function useAmount() {
  const { t, te } = useI18n()
  const format = useFormat()
  return computed(() => (value: number, unit: string, compact = false): string => {
    if (unit === 'usd') return format.value.cost(value)
    if (unit === 'percent') return format.value.percent(value / 100)
    const rounded = Math.abs(value) < 100 ? Math.round(value * 100) / 100 : Math.round(value)
    const number = compact ? format.value.compact(rounded) : format.value.number(rounded)
    return te(`usageUnit.${unit}`) ? t(`usageUnit.${unit}`, { n: number }) : `${number} ${unit}`.trim()
  })
}
