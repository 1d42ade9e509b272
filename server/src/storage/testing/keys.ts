import { expect, it } from 'vitest'
import {
  bytes,
  deviceKeys,
  hex,
  newAccountId,
  preKeys,
  register,
  registration,
  signedKey,
  submission,
} from './samples.ts'
import type { StorageUnderTest } from './subject.ts'

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)

export function keyCases(subject: StorageUnderTest): void {
  it('hands out each one-time key once when 50 clients race, then the last resort', async () => {
    const { keys } = subject.storage
    const given = deviceKeys(range(1, 30))
    const { accountId } = await register(subject.storage, registration('p1', { keys: given }))

    const taken = await Promise.all(range(1, 50).map(() => keys.takeBundles(accountId, { oneTime: true })))
    const bundles = taken.flatMap((answer) => answer?.devices ?? [])

    expect(bundles).toHaveLength(50)
    const ecIds = bundles.flatMap((bundle) => (bundle.preKey ? [bundle.preKey.id] : []))
    expect(ecIds.sort((a, b) => a - b)).toEqual(range(1, 30))
    const kyberIds = bundles.map((bundle) => bundle.kyberPreKey.id).sort((a, b) => a - b)
    expect(kyberIds).toEqual([...range(1, 30), ...Array(20).fill(900)])
    for (const { preKey, kyberPreKey, signedPreKey } of bundles) {
      const original = given.preKeys.find((key) => key.id === preKey?.id)
      expect(hex(preKey?.publicKey)).toBe(hex(original?.publicKey))
      const kyber = [...given.kyberPreKeys, given.lastResortKyberPreKey].find(
        (key) => key.id === kyberPreKey.id,
      )
      expect([hex(kyberPreKey.publicKey), hex(kyberPreKey.signature)]).toEqual([
        hex(kyber?.publicKey),
        hex(kyber?.signature),
      ])
      expect(hex(signedPreKey.signature)).toBe(hex(given.signedPreKey.signature))
    }
  })

  it('does not bring back a key that was handed out when the upload is repeated, also after a restart', async () => {
    const upload = { preKeys: preKeys([1, 2]), kyberPreKeys: [signedKey(1, 1569)] }
    const address = await register(
      subject.storage,
      registration('p1', { keys: { ...deviceKeys(), ...upload } }),
    )
    await subject.storage.keys.takeBundles(address.accountId, { oneTime: true })
    await subject.reopen()
    const { keys } = subject.storage
    expect(await keys.add(address, upload, 200)).toBe('added')
    expect(await keys.counts(address)).toEqual({ preKeys: 1, kyberPreKeys: 0 })
    const second = await keys.takeBundles(address.accountId, { oneTime: true })
    expect(second?.devices[0]?.preKey?.id).toBe(2)
    expect(second?.devices[0]?.kyberPreKey.id).toBe(900)
  })

  it('spends nothing when no one-time key is asked for', async () => {
    const address = await register(subject.storage, registration('p1', { keys: deviceKeys([1]) }))
    const answer = await subject.storage.keys.takeBundles(address.accountId, { oneTime: false })
    expect(answer?.devices[0]).not.toHaveProperty('preKey')
    expect(answer?.devices[0]?.kyberPreKey.id).toBe(900)
    expect(await subject.storage.keys.counts(address)).toEqual({ preKeys: 1, kyberPreKeys: 1 })
  })

  it('replaces signed keys and stores all or nothing of an upload', async () => {
    const { keys } = subject.storage
    const address = await register(subject.storage, registration('p1', { keys: deviceKeys([1]) }))
    const rotated = { signedPreKey: signedKey(2, 33), lastResortKyberPreKey: signedKey(901, 1569) }
    expect(await keys.add(address, { ...rotated, preKeys: preKeys([5, 6]) }, 2)).toBe('too_many')
    const before = await keys.takeBundles(address.accountId, { oneTime: false })
    expect(before?.devices[0]?.signedPreKey.id).toBe(1)
    expect(await keys.add(address, { ...rotated, preKeys: preKeys([5]) }, 2)).toBe('added')
    const after = await keys.takeBundles(address.accountId, { oneTime: false })
    expect(after?.devices[0]?.signedPreKey.id).toBe(2)
    expect(hex(after?.devices[0]?.kyberPreKey.publicKey)).toBe(hex(rotated.lastResortKyberPreKey.publicKey))
  })

  it('knows no bundle without an account or a device', async () => {
    const { devices, keys } = subject.storage
    expect(await keys.takeBundles(newAccountId(), { oneTime: true })).toBeUndefined()
    const address = await register(subject.storage, registration('p1'))
    await devices.remove(address)
    expect(await keys.takeBundles(address.accountId, { oneTime: true })).toBeUndefined()
    expect(await keys.add(address, deviceKeys([1]), 200)).toBe('no_device')
  })

  it('fails one write without failing those that share its commit', async () => {
    const { devices, envelopes } = subject.storage
    const address = await register(subject.storage, registration('p1'))
    const tokenHash = bytes(32)
    const results = await Promise.allSettled([
      envelopes.submit(submission(address.accountId)),
      devices.register(registration('p2', { tokenHash })),
      devices.register(registration('p3', { tokenHash })),
      envelopes.submit(submission(address.accountId)),
    ])
    const [first, one, other, last] = results.map((result) => result.status)
    expect([first, last]).toEqual(['fulfilled', 'fulfilled'])
    expect([one, other].sort()).toEqual(['fulfilled', 'rejected'])
    expect(await envelopes.queueLength(address)).toBe(2)
  })
}
