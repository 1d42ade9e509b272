import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { registerRequest } from '../../testing/key-material.ts'
import { TestRelay } from '../../testing/test-relay.ts'

let relay: TestRelay
beforeEach(async () => {
  relay = await TestRelay.start()
})
afterEach(() => relay.destroy())

const range = (count: number) => Array.from({ length: count }, (_, index) => index)
const unknownKey = Buffer.alloc(16).toString('base64url')

describe('a device that is cut off', () => {
  it('is told and closed at once when it is removed, and its queue and token are dead', async () => {
    const [ada, ben] = [await relay.connect('ada'), await relay.register('ben')]
    ben.acknowledges = false
    await ben.connect()
    await ada.send(ben, 'unread')
    await ben.until(() => ben.received.length === 1)
    await relay.running.devices.remove(ben.address)
    await ben.until(() => ben.happened.includes('disconnect'))
    expect(ben.happened.slice(-2)).toEqual(['revoked removed', 'disconnect'])
    await expect(ben.connect()).rejects.toThrow('unauthenticated')
    expect(await ada.ask('submit', ada.submission(ben, 'more'))).toEqual({ ok: false, code: 'not_reachable' })
    expect(relay.running.connections.count).toBe(1)
  })

  it('is told and closed at once when it is revoked by its own token, and no other device is', async () => {
    const [ada, ben] = [await relay.connect('ada'), await relay.connect('ben')]
    const { devices } = relay.running
    await devices.revoke(ben.registered.revocationToken)
    await devices.revoke(ben.registered.revocationToken)
    await ben.until(() => ben.happened.includes('disconnect'))
    expect(ben.happened.slice(-2)).toEqual(['revoked removed', 'disconnect'])
    await expect(ben.connect()).rejects.toThrow('unauthenticated')
    expect(await ada.outcomes(unknownKey)).toEqual(['unknown'])
    expect(ada.happened).not.toContain('disconnect')
  })

  it('is told that it was replaced, and the new one gets none of its envelopes', async () => {
    const [ada, ben] = [await relay.connect('ada'), await relay.connect('ben')]
    ben.acknowledges = false
    const receipt = await ada.send(ben, 'for the old device')
    await ben.until(() => ben.received.length === 1)
    const successor = await relay.register('ben', { replaceExisting: true, registrationId: 99 })
    await ben.until(() => ben.happened.includes('disconnect'))
    expect(ben.happened).toContain('revoked replaced')
    await successor.connect()
    await successor.until(() => successor.happened.includes('drained'))
    expect(successor.received).toEqual([])
    expect(await ada.outcomes(receipt.idempotencyKey)).toEqual(['expired'])
  })

  it('is told that the account is gone', async () => {
    const ben = await relay.connect('ben')
    await relay.running.devices.deleteAccount(ben.registered.accountId)
    await ben.until(() => ben.happened.includes('disconnect'))
    expect(ben.happened).toContain('revoked account_deleted')
  })

  it('gets nothing done any more, also before the news has reached it', async () => {
    const [ada, ben] = [await relay.connect('ada'), await relay.connect('ben')]
    await relay.running.devices.remove(ben.address)
    expect(ben.socket.connected).toBe(true)
    for (const index of range(20)) ben.socket.emit('submit', ben.submission(ada, `late ${index}`))
    await ben.until(() => ben.happened.includes('disconnect'))
    await ada.outcomes(unknownKey)
    expect(ada.received).toEqual([])
    expect(await relay.running.storage.envelopes.lastWaiting(ada.address)).toBe(0)
  })

  it('is found out when it was removed while it connected', async () => {
    await relay.destroy()
    relay = await TestRelay.start({
      wrapStorage: (storage) => ({
        ...storage,
        devices: {
          ...storage.devices,
          // As if the removal came between reading the token and the connection being known.
          byTokenHash: async (hash) => {
            const device = await storage.devices.byTokenHash(hash)
            if (device) await storage.devices.remove(device)
            return device
          },
        },
      }),
    })
    const ben = await relay.register('ben')
    await ben.connect()
    await ben.until(() => ben.happened.includes('disconnect'))
    expect(ben.happened).toEqual(['revoked removed', 'disconnect'])
    expect(relay.running.connections.count).toBe(0)
  })
})

describe('a device whose person’s licence ended while it connected', () => {
  it('is cut off before anything is delivered, and keeps what waits', async () => {
    await relay.destroy()
    let isSuspended = false
    relay = await TestRelay.start({ isSuspended: () => isSuspended })
    const [ada, ben] = [await relay.connect('ada'), await relay.register('ben')]
    await ada.send(ben, 'waits')
    isSuspended = true
    await ben.connect()
    await ben.until(() => ben.happened.includes('disconnect'))
    expect(ben.happened).toEqual(['revoked licence_inactive', 'disconnect'])
    isSuspended = false
    await ben.connect()
    await ben.until(() => ben.contents.includes('waits'))
  })
})

describe('the recipient’s devices', () => {
  it('answers with missing, extra and stale devices and stores nothing', async () => {
    const [ada, ben] = [await relay.connect('ada'), await relay.register('ben')]
    const content = Buffer.from('x')
    const ask = (envelopes: object[]) =>
      ada.ask('submit', {
        ...ada.submission(ben, 'x'),
        envelopes: envelopes.map((one) => ({ ...one, content })),
      })
    const actual = { deviceId: 1, registrationId: 4242 }
    const none = { missing: [], extra: [], stale: [] }
    const mismatch = (devices: object) => ({
      ok: false,
      code: 'device_mismatch',
      devices: { ...none, ...devices },
    })
    expect(await ask([{ deviceId: 2, registrationId: 4242 }])).toEqual(
      mismatch({ missing: [actual], extra: [2] }),
    )
    expect(await ask([{ ...actual, registrationId: 1 }])).toEqual(mismatch({ stale: [1] }))
    expect(await ask([actual, { deviceId: 9, registrationId: 7 }])).toEqual(mismatch({ extra: [9] }))
    expect(await ask([actual, actual])).toEqual({ ok: false, code: 'bad_request' })
    expect(await relay.running.storage.envelopes.queueLength(ben.address)).toBe(0)
    expect(await ask([actual])).toMatchObject({ ok: true })
  })

  it('tells the new device to who still addresses the old one', async () => {
    const [ada, ben] = [await relay.connect('ada'), await relay.connect('ben')]
    await relay.register('ben', { replaceExisting: true, registrationId: 99 })
    expect(await ada.ask('submit', ada.submission(ben, 'x'))).toEqual({
      ok: false,
      code: 'device_mismatch',
      devices: { missing: [{ deviceId: 2, registrationId: 99 }], extra: [1], stale: [] },
    })
  })

  it('does not tell an account that never was from one that has no device', async () => {
    const [ada, ben] = [await relay.connect('ada'), await relay.register('ben')]
    const submission = ada.submission(ben, 'x')
    const unknown = { ...submission, accountId: '00000000-0000-4000-8000-000000000000' }
    const refusal = { ok: false, code: 'not_reachable' }
    expect(await ada.ask('submit', unknown)).toEqual(refusal)
    await relay.running.devices.remove(ben.address)
    expect(await ada.ask('submit', submission)).toEqual(refusal)
  })
})

describe('registration', () => {
  it('cuts nobody off unless asked to', async () => {
    const ben = await relay.connect('ben')
    await expect(relay.register('ben')).rejects.toMatchObject({ code: 'device_exists' })
    expect(await ben.outcomes(unknownKey)).toEqual(['unknown'])
  })

  it('cuts nobody off for keys that are not signed', async () => {
    const ben = await relay.connect('ben')
    const stranger = registerRequest()
    const request = { replaceExisting: true, signedPreKey: stranger.signedPreKey }
    await expect(relay.register('ben', request)).rejects.toMatchObject({ code: 'bad_signature' })
    expect(await ben.outcomes(unknownKey)).toEqual(['unknown'])
  })
})
