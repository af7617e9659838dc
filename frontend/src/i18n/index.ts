import { createI18n } from 'vue-i18n'

export type Locale = 'en' | 'zh-CN'

/** The languages of the interface, each under its own name. */
export const locales: readonly { value: Locale; label: string }[] = [
  { value: 'en', label: 'English' },
  { value: 'zh-CN', label: '简体中文' },
]

/** The stored choice, else the first language of the browser that we speak, else English. */
export function pickLocale(stored: string | null, languages: readonly string[]): Locale {
  const known = locales.find((l) => l.value === stored)
  if (known) return known.value
  for (const language of languages) {
    if (/^zh\b/i.test(language)) return 'zh-CN'
    if (/^en\b/i.test(language)) return 'en'
  }
  return 'en'
}

/** Translations are loaded when they are needed; there is no fallback because each is complete. */
export const i18n = createI18n({
  legacy: false,
  locale: 'en',
  messages: {},
  missingWarn: false,
  fallbackWarn: false,
})

/** Loads a language and switches the page to it. */
export async function switchLocale(locale: Locale): Promise<void> {
  const messages = locale === 'zh-CN' ? await import('./zh-CN') : await import('./en')
  i18n.global.setLocaleMessage(locale, messages.default)
  ;(i18n.global.locale as unknown as { value: string }).value = locale
  document.documentElement.lang = locale
}
