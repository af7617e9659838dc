import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { asApiError, type ApiError } from '@/api'
import type { GatewayStatus } from '@/api/types'
import { useEvents } from './events'
import { useSession } from './session'

const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/

/** The gateway: whether it runs, and the address to point tools at. */
export const useGateway = defineStore('gateway', () => {
  const session = useSession()
  const status = shallowRef<GatewayStatus>()
  const error = shallowRef<ApiError>()
  const busy = ref(false)

  /**
   * The base URL for tools on this machine. Someone who reached the dashboard
   * under another name (a server in the network) reaches the gateway by it too.
   */
  const url = computed(() => {
    const here = window.location
    const remote = !session.windowed && here.protocol.startsWith('http') && !loopback.test(here.hostname)
    return remote ? here.origin : (status.value?.url ?? '')
  })

  async function load(): Promise<void> {
    try {
      status.value = await session.api.findGateway()
      error.value = undefined
    } catch (cause) {
      error.value = asApiError(cause)
    }
  }

  async function run(action: () => Promise<GatewayStatus>): Promise<void> {
    busy.value = true
    try {
      status.value = await action()
    } finally {
      busy.value = false
    }
  }

  const start = () => run(() => session.api.startGateway())
  const stop = () => run(() => session.api.stopGateway())

  useEvents().follow({
    onEvent: (event) => {
      if (event.type === 'gateway') status.value = event.data
    },
    onReset: () => void load(),
    onSignOut: () => {
      status.value = undefined
    },
  })

  return { status, error, busy, url, load, start, stop }
})
