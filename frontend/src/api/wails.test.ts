import { describe, expect, it, vi } from 'vitest'
import document from '../../openapi.json'
import { createHttpApi } from './http'
import type { HubEvent } from './types'
import { createWailsApi, inWindow, operations } from './wails'

function windowWith(methods: Record<string, (...args: never[]) => Promise<unknown>>) {
  return { go: { main: { App: methods } } }
}

const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

describe('the two doors', () => {
  it('offer the same operations', () => {
    const http = Object.keys(createHttpApi({ key: () => '' }))
    expect([...operations, 'subscribe'].sort()).toEqual(http.sort())
    expect(Object.keys(createWailsApi({})).sort()).toEqual(http)
  })

  it('offer what the server offers', () => {
    const served = Object.values(document.paths).flatMap((path) =>
      Object.values(path).map((operation) => operation.operationId),
    )
    for (const name of operations) expect(served).toContain(kebab(name))
  })
})

describe('createWailsApi', () => {
  it('knows whether it is in the window', () => {
    expect(inWindow({})).toBe(false)
    expect(inWindow(windowWith({}))).toBe(true)
  })

  it('calls the bound method with id and body', async () => {
    const UpdateChannel = vi.fn().mockResolvedValue({ id: 'chn_1' })
    const api = createWailsApi(windowWith({ UpdateChannel }))
    await expect(api.updateChannel('chn_1', { weight: 2 })).resolves.toEqual({ id: 'chn_1' })
    expect(UpdateChannel).toHaveBeenCalledWith('chn_1', { weight: 2 })
  })

  it('turns what a binding throws into an ApiError', async () => {
    const thrown = { code: 'invalid', message: 'no', field: 'name' }
    const api = createWailsApi(windowWith({ CreateUser: vi.fn().mockRejectedValue(thrown) }))
    await expect(api.createUser({})).rejects.toMatchObject({ code: 'invalid', fields: { name: 'no' } })
  })

  it('says when a method is missing', async () => {
    await expect(createWailsApi(windowWith({})).findStats({})).rejects.toMatchObject({ code: 'internal' })
  })

  it('hands events on and reports a gap in their numbers', () => {
    let emit: (data: unknown) => void = () => undefined
    const off = vi.fn()
    const scope = {
      ...windowWith({}),
      runtime: {
        EventsOn: (name: string, callback: (data: unknown) => void) => {
          expect(name).toBe('aihub:event')
          emit = callback
          return off
        },
      },
    }
    const heard: string[] = []
    const stop = createWailsApi(scope).subscribe({
      onEvent: (event: HubEvent) => heard.push(`event ${event.seq}`),
      onReset: () => heard.push('reset'),
      onConnected: (connected) => heard.push(String(connected)),
    })
    for (const seq of [7, 8, 11]) emit({ seq, time: '', type: 'account', data: { id: 'a' } })
    expect(heard).toEqual(['true', 'event 7', 'event 8', 'reset', 'event 11'])
    stop()
    expect(off).toHaveBeenCalledOnce()
  })
})
