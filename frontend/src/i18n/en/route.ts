/** Texts of the way that a request takes: the proxy in front of it, and the account that serves it. */
export const route = {
  proxy: {
    test: 'Test',
    ok: '{host} is reached through it, in {time}',
    step: {
      proxy: 'Proxy:',
      proxy_tls: 'TLS with the proxy:',
      proxy_auth: 'Sign-in at the proxy:',
      host: 'From the proxy to the provider:',
      host_tls: 'TLS with the provider:',
    },
  },
}
