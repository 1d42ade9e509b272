import type { AccountId } from '@pli/protocol/wire'
import { limits } from '@pli/protocol/wire'
import { PublicKey } from '@signalapp/libsignal-client'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createIdentity, registerRequest } from '../../testing/key-material.ts'
import type { TestDevice } from '../../testing/test-device.ts'
import { TestRelay } from '../../testing/test-relay.ts'
import { createKeys, defaultKeyRates, type Keys } from './keys.ts'

const identity = createIdentity()
const range = (count: number) => Array.from({ length: count }, (_, index) => index)
const requester = 'aaaaaaaa-0000-4000-8000-000000000000' as AccountId

let relay: TestRelay
let ben: TestDevice
let keys: Keys
beforeEach(async () => {
  relay = await TestRelay.start()
  ben = await relay.register('ben', registerRequest({}, { identity, oneTimeKeys: 2 }))
  keys = relay.running.keys
})
afterEach(() => relay.destroy())

const bundleOf = async () => (await keys.bundles(requester, ben.registered.accountId)).devices[0]

describe('upload', () => {
  it('adds one-time keys, rotates signed ones and counts what is left', async () => {
    const signedPreKey = identity.signedPreKey(7)
    const lastResortKyberPreKey = identity.kyberPreKey(2_000)
    const upload = { signedPreKey, lastResortKyberPreKey, preKeys: [identity.preKey(3)] }
    expect(await keys.upload(ben.address, upload)).toEqual({ preKeys: 3, kyberPreKeys: 2 })
    const bundle = await bundleOf()
    expect(bundle?.signedPreKey.id).toBe(7)
    expect(await keys.counts(ben.address)).toEqual({ preKeys: 2, kyberPreKeys: 1 })
  })

  it('refuses keys that the identity key did not sign, or signed differently', async () => {
    const stranger = createIdentity()
    const flip = (bytes: Uint8Array<ArrayBuffer>) =>
      bytes.map((byte, index) => (index === 20 ? byte ^ 1 : byte))
    const good = identity.signedPreKey(5)
    const kyber = identity.kyberPreKey(5)
    const uploads = [
      { signedPreKey: stranger.signedPreKey(5) },
      { signedPreKey: { ...good, signature: flip(good.signature) } },
      { signedPreKey: { ...good, signature: identity.signedPreKey(6).signature } },
      { lastResortKyberPreKey: stranger.kyberPreKey(5) },
      { kyberPreKeys: [kyber, { ...stranger.kyberPreKey(6) }] },
      { kyberPreKeys: [{ ...kyber, signature: flip(kyber.signature) }] },
    ]
    for (const upload of uploads) {
      await expect(keys.upload(ben.address, upload)).rejects.toMatchObject({ code: 'bad_signature' })
    }
    expect(await keys.counts(ben.address)).toEqual({ preKeys: 2, kyberPreKeys: 2 })
    expect((await bundleOf())?.signedPreKey.id).toBe(1)
  })

  it('refuses keys of a wrong type, also signed ones', async () => {
    const kyber = identity.kyberPreKey(5)
    const wrongType = (bytes: Uint8Array<ArrayBuffer>) =>
      bytes.map((byte, index) => (index === 0 ? 0x0a : byte))
    const uploads = [
      { preKeys: [{ id: 5, publicKey: wrongType(identity.preKey(5).publicKey) }] },
      { preKeys: [{ id: 5, publicKey: new Uint8Array(32) }] },
      { signedPreKey: { ...identity.signedPreKey(5), publicKey: wrongType(identity.preKey(5).publicKey) } },
      { kyberPreKeys: [{ ...kyber, publicKey: wrongType(kyber.publicKey) }] },
      { lastResortKyberPreKey: { ...kyber, publicKey: identity.preKey(5).publicKey } },
    ]
    for (const upload of uploads) {
      await expect(keys.upload(ben.address, upload)).rejects.toMatchObject({ code: 'bad_key' })
    }
  })

  it('refuses an id that occurs twice, the last resort’s among Kyber ids included', async () => {
    const uploads = [
      { preKeys: [identity.preKey(5), identity.preKey(5)] },
      { lastResortKyberPreKey: identity.kyberPreKey(5), kyberPreKeys: [identity.kyberPreKey(5)] },
    ]
    for (const upload of uploads) {
      await expect(keys.upload(ben.address, upload)).rejects.toMatchObject({ code: 'bad_request' })
    }
  })

  it('holds no more than it promised to', async () => {
    const batch = (from: number, count: number) => ({
      preKeys: range(count).map((id) => identity.preKey(from + id)),
    })
    await keys.upload(ben.address, batch(10, 100))
    await keys.upload(ben.address, batch(110, 98))
    expect((await keys.counts(ben.address)).preKeys).toBe(limits.oneTimePreKeysHeld)
    await expect(keys.upload(ben.address, batch(300, 1))).rejects.toMatchObject({ code: 'too_many_keys' })
  })

  it('is not for a device that is gone', async () => {
    await relay.running.devices.remove(ben.address)
    await expect(keys.upload(ben.address, {})).rejects.toMatchObject({ code: 'unauthenticated' })
    await relay.running.devices.deleteAccount(ben.registered.accountId)
    await expect(keys.upload(ben.address, {})).rejects.toMatchObject({ code: 'unauthenticated' })
  })
})

describe('bundles', () => {
  it('carry the identity key and keys that libsignal verifies, then fall back to the last resort', async () => {
    const ids: (number | undefined)[][] = []
    for (const _ of range(3)) {
      const { identityKey, devices, accountId } = await keys.bundles(requester, ben.registered.accountId)
      expect(accountId).toBe(ben.registered.accountId)
      const key = PublicKey.deserialize(identityKey)
      for (const { signedPreKey, kyberPreKey, preKey, registrationId } of devices) {
        expect(registrationId).toBe(4242)
        expect(key.verify(signedPreKey.publicKey, signedPreKey.signature)).toBe(true)
        expect(key.verify(kyberPreKey.publicKey, kyberPreKey.signature)).toBe(true)
        ids.push([preKey?.id, kyberPreKey.id])
      }
    }
    expect(ids).toEqual([
      [1, 1],
      [2, 2],
      [undefined, 1_000],
    ])
  })

  it('are refused to who asks too often', async () => {
    keys = createKeys({
      storage: relay.running.storage,
      nowMs: relay.nowMs,
      rates: { ...defaultKeyRates, perRequester: { burst: 2, perSecond: 0.5 } },
    })
    await bundleOf()
    await bundleOf()
    await expect(bundleOf()).rejects.toMatchObject({
      code: 'rate_limited',
      details: { retryAfterMs: expect.any(Number) },
    })
    const other = 'bbbbbbbb-0000-4000-8000-000000000000' as AccountId
    expect((await keys.bundles(other, ben.registered.accountId)).devices).toHaveLength(1)
  })

  it('stay available when somebody drains a person’s one-time keys, and drain no further', async () => {
    keys = createKeys({
      storage: relay.running.storage,
      nowMs: relay.nowMs,
      rates: { ...defaultKeyRates, perTarget: { burst: 1, perSecond: 0.001 } },
    })
    expect((await bundleOf())?.preKey?.id).toBe(1)
    const second = await bundleOf()
    expect([second?.preKey, second?.kyberPreKey.id]).toEqual([undefined, 1_000])
    expect(await keys.counts(ben.address)).toEqual({ preKeys: 1, kyberPreKeys: 1 })
  })

  it('are not to be had of nobody', async () => {
    await expect(keys.bundles(requester, requester)).rejects.toMatchObject({ code: 'not_reachable' })
  })
})
