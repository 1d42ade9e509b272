import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openTcp, upgrade } from '../../testing/raw-connection.ts'
import { TestRelay } from '../../testing/test-relay.ts'
import { defaultSocketRates } from './rates.ts'

let relay: TestRelay
beforeEach(async () => {
  relay = await TestRelay.start()
})
afterEach(() => relay.destroy())

const range = (count: number) => Array.from({ length: count }, (_, index) => index)

describe('who may connect', () => {
  it('refuses every token it did not give', async () => {
    const ada = await relay.register('ada')
    const { deviceToken } = ada.registered
    const wrong = [undefined, '', null, 7, {}, ['x'], 'x'.repeat(43), `${deviceToken}=`, deviceToken.slice(1)]
    for (const token of wrong) {
      const refusal = { message: 'unauthenticated', data: { ok: false, code: 'unauthenticated' } }
      await expect(ada.connect(token ?? null)).rejects.toMatchObject(refusal)
    }
    await ada.connect()
  })

  it('keeps no token where somebody who copies the store could read it', async () => {
    const ada = await relay.connect('ada')
    for (const name of await readdir(relay.folder)) {
      const file = await readFile(`${relay.folder}/${name}`)
      expect(file.includes(ada.registered.deviceToken)).toBe(false)
      expect(file.includes(Buffer.from(ada.registered.deviceToken, 'base64url'))).toBe(false)
    }
  })

  it('limits how often one address may try', async () => {
    await relay.destroy()
    const connections = { burst: 3, perSecond: 0.01 }
    relay = await TestRelay.start({ rates: { ...defaultSocketRates, connections } })
    const ada = await relay.register('ada')
    for (const _ of range(3)) await expect(ada.connect('guess')).rejects.toThrow('unauthenticated')
    await expect(ada.connect()).rejects.toMatchObject({
      message: 'rate_limited',
      data: { code: 'rate_limited', retryAfterMs: expect.any(Number) },
    })
  })
})

describe('connections that do not say who they are', () => {
  it('do not pile up: beyond a number no more are taken, until they go', async () => {
    await relay.destroy()
    relay = await TestRelay.start({ unknownConnectionsAtMost: 3 })
    const ada = await relay.connect('ada')
    const silent = [1, 2, 3].map(() => openTcp(relay.running.url, upgrade()))
    await Promise.all(silent.map((socket) => once(socket, 'data')))
    await expect(ada.connect()).rejects.toThrow('websocket error')
    silent[0]?.destroy()
    await expect
      .poll(() =>
        ada.connect().then(
          () => 'connected',
          () => 'refused',
        ),
      )
      .toBe('connected')
    for (const socket of silent) socket.destroy()
  })
})
