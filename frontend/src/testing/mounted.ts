import { mount } from '@vue/test-utils'
import { NDialogProvider, NMessageProvider } from 'naive-ui'
import { getActivePinia } from 'pinia'
import { defineComponent, h, type Component } from 'vue'
import { createI18n } from 'vue-i18n'
import { createMemoryHistory, createRouter } from 'vue-router'
import messages from '@/i18n/en'

/** Mounts a component in English, with what the app provides around every page. */
export function mounted(component: Component, props: Record<string, unknown> = {}) {
  const i18n = createI18n({ legacy: false, locale: 'en', messages: { en: messages } })
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [{ path: '/:rest(.*)*', component: { render: () => null } }],
  })
  const around = defineComponent({
    render: () =>
      h(NMessageProvider, null, {
        default: () => h(NDialogProvider, null, { default: () => h(component, props) }),
      }),
  })
  const pinia = getActivePinia()
  if (!pinia) throw new Error('a test sets up its stores first')
  return mount(around, { global: { plugins: [i18n, router, pinia] }, attachTo: document.body })
}
