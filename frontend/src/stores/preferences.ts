import { defineStore } from 'pinia'
import { computed, ref, watch } from 'vue'
import { pickLocale, type Locale } from '@/i18n'

export type ThemeChoice = 'system' | 'light' | 'dark'
export const themeChoices: readonly ThemeChoice[] = ['system', 'light', 'dark']

const themeKey = 'aihub.theme'
const localeKey = 'aihub.locale'

/** What a person prefers on this device: theme and language. */
export const usePreferences = defineStore('preferences', () => {
  const system = window.matchMedia('(prefers-color-scheme: dark)')
  const systemDark = ref(system.matches)
  system.addEventListener('change', (change) => {
    systemDark.value = change.matches
  })

  const theme = ref<ThemeChoice>(storedTheme())
  const locale = ref<Locale>(pickLocale(localStorage.getItem(localeKey), navigator.languages))
  const dark = computed(() => (theme.value === 'system' ? systemDark.value : theme.value === 'dark'))

  watch(theme, (value) => {
    localStorage.setItem(themeKey, value)
  })
  watch(locale, (value) => {
    localStorage.setItem(localeKey, value)
  })
  watch(
    dark,
    (value) => {
      document.documentElement.dataset.theme = value ? 'dark' : 'light'
    },
    { immediate: true, flush: 'sync' },
  )

  return { theme, locale, dark }
})

function storedTheme(): ThemeChoice {
  const stored = localStorage.getItem(themeKey)
  return themeChoices.find((choice) => choice === stored) ?? 'system'
}
