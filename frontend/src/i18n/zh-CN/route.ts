import type { route as english } from '../en/route'
import type { Translation } from '../en'

export const route: Translation<typeof english> = {
  proxy: {
    test: '测试',
    ok: '可通过它连接 {host}，用时 {time}',
    step: {
      proxy: '代理：',
      proxy_tls: '与代理的 TLS：',
      proxy_auth: '登录代理：',
      host: '从代理到提供商：',
      host_tls: '与提供商的 TLS：',
    },
  },
}
