import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { i18n, switchLocale } from './i18n'
import { createAppRouter } from './router'
import { usePreferences } from './stores/preferences'
import './theme/tokens.css'
import './theme/base.css'

const app = createApp(App).use(createPinia()).use(i18n)
const router = createAppRouter()

await switchLocale(usePreferences().locale)
app.use(router)
await router.isReady()
app.mount('#app')
