import { createRouter, createWebHashHistory, type Router } from 'vue-router'

/** The pages. Hash history works in the window and needs no help of a server. */
export function createAppRouter(): Router {
  return createRouter({
    history: createWebHashHistory(),
    routes: [
      { path: '/', name: 'overview', component: () => import('@/pages/overview/OverviewPage.vue') },
      { path: '/channels', name: 'channels', component: () => import('@/pages/channels/ChannelsPage.vue') },
      {
        path: '/channels/:id',
        name: 'channel',
        component: () => import('@/pages/channels/ChannelPage.vue'),
        props: true,
      },
      { path: '/users', name: 'users', component: () => import('@/pages/users/UsersPage.vue') },
      {
        path: '/users/:id',
        name: 'user',
        component: () => import('@/pages/users/UserPage.vue'),
        props: true,
      },
      { path: '/logs', name: 'logs', component: () => import('@/pages/logs/LogsPage.vue') },
      { path: '/explain', name: 'explain', component: () => import('@/pages/explain/ExplainPage.vue') },
      { path: '/stats', name: 'stats', component: () => import('@/pages/stats/StatsPage.vue') },
      { path: '/prices', name: 'prices', component: () => import('@/pages/prices/PricesPage.vue') },
      { path: '/settings', name: 'settings', component: () => import('@/pages/settings/SettingsPage.vue') },
      { path: '/:rest(.*)*', redirect: '/' },
    ],
  })
}
