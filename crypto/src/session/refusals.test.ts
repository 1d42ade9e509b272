/** What is refused, with which code, and that a refusal leaves everything as it was. */
import { beforeEach, describe, expect, it } from 'vitest'
import { encryptAesCbc } from '../primitives/aes.ts'
import { bytesToHex, concatBytes, hexToBytes, randomBytes, utf8ToBytes } from '../primitives/bytes.ts'
import { generateKeyPair } from '../primitives/curve.ts'
import { signXeddsa } from '../primitives/xeddsa.ts'
import { MemoryDevice } from '../testing/memory-device.ts'
import type { CiphertextMessage } from '../wire/ciphertext-message.ts'
import { decodePreKeyMessage, encodePreKeyMessage } from '../wire/prekey-message.ts'
import { encodeVarint } from '../wire/protobuf.ts'
import { decodeSignalMessage, encodeSignalMessage } from '../wire/signal-message.ts'
import { deriveMessageKeys, messageSeed } from './message-keys.ts'
import { decodeSessionRecord, encodeSessionRecord } from './session-codec.ts'
import type { SessionState } from './session-state.ts'
import { encryptWithSession } from './triple-ratchet.ts'

const text = utf8ToBytes
const key = (u: string) => hexToBytes(`05${u}`)
const SMALL_ORDER = key('00'.repeat(32))
const TWISTED_SMALL_ORDER = key('e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800')
/** 2^255 − 19 + 9: another spelling of the base point. */
const NOT_REDUCED = key(`f6${'ff'.repeat(30)}7f`)
const TOP_BIT_SET = key(`09${'00'.repeat(30)}80`)
const code = (value: string) => expect.objectContaining({ code: value })

let alice: MemoryDevice
let bob: MemoryDevice

beforeEach(async () => {
  alice = await MemoryDevice.create({ serviceId: 'a0000000-0000-4000-8000-000000000001', deviceId: 1 })
  bob = await MemoryDevice.create({ serviceId: 'b0000000-0000-4000-8000-000000000002', deviceId: 1 })
})

async function converse(): Promise<void> {
  await alice.open(await bob.publishBundle(), bob.address)
  await bob.decrypt(await alice.encrypt(text('hello'), bob.address), alice.address)
  await alice.decrypt(await bob.encrypt(text('hello'), alice.address), bob.address)
}

/** All that a device keeps, as text. */
function storedState({ stores }: MemoryDevice): string {
  const records = [
    stores.sessions,
    stores.preKeys,
    stores.signedPreKeys,
    stores.kyberPreKeys,
    stores.identities,
  ]
  return JSON.stringify(records.map((map) => [...map].map(([key, bytes]) => [key, bytesToHex(bytes)])))
}

/** The refusal's code; fails when accepted, when anything was written, or when the error is not ours. */
async function refusal(of: MemoryDevice, message: CiphertextMessage, from: MemoryDevice): Promise<string> {
  const before = of.stores.writes
  const stored = storedState(of)
  const error: unknown = await of.decrypt(message, from.address).then(
    () => 'accepted',
    (reason: unknown) => reason,
  )
  expect(of.stores.writes).toBe(before)
  expect(storedState(of)).toBe(stored)
  expect(error).toMatchObject({ name: 'CryptoError' })
  return (error as { code: string }).code
}

const flipped = (message: CiphertextMessage, at: number): CiphertextMessage => {
  const body = Uint8Array.from(message.body)
  body[at] = (body[at] ?? 0) ^ 0x10
  return { ...message, body }
}

async function current(of: MemoryDevice, peer: MemoryDevice): Promise<SessionState> {
  const stored = await of.stores.loadSession(peer.address)
  const session = stored && decodeSessionRecord(stored).current
  if (!session) throw new Error('no session')
  return session
}

describe('a bundle is refused', () => {
  it.each(['signedPreKey', 'kyberPreKey'] as const)(
    'when its %s is signed by somebody else',
    async (name) => {
      const bundle = await bob.publishBundle()
      const other = await alice.publishBundle()
      const forged = { ...bundle, [name]: { ...bundle[name], signature: other[name].signature } }
      await expect(alice.open(forged, bob.address)).rejects.toThrow(code('bad_prekey_signature'))
      const swapped = { ...bundle, [name]: { ...other[name] } }
      await expect(alice.open(swapped, bob.address)).rejects.toThrow(code('bad_prekey_signature'))
      expect(alice.stores.writes).toBe(0)
    },
  )

  it('when the identity key is not the one trusted', async () => {
    await converse()
    const stranger = await MemoryDevice.create(bob.address)
    const before = alice.stores.writes
    await expect(alice.open(await stranger.publishBundle(), bob.address)).rejects.toThrow(
      code('untrusted_identity'),
    )
    expect(alice.stores.writes).toBe(before)
  })

  it('when a key of it is of small order, not canonical, or of another type or length', async () => {
    const bundle = await bob.publishBundle()
    const { privateKey } = bob.identity
    const signed = (publicKey: Uint8Array) => ({
      ...bundle.signedPreKey,
      publicKey,
      signature: signXeddsa(privateKey, publicKey),
    })
    const before = storedState(alice)
    for (const [key, expected] of [
      [SMALL_ORDER, 'invalid_key_agreement'],
      [TWISTED_SMALL_ORDER, 'invalid_key_agreement'],
      [NOT_REDUCED, 'invalid_key'],
      [TOP_BIT_SET, 'invalid_key'],
      [SMALL_ORDER.subarray(1), 'invalid_key'],
      [Uint8Array.of(6, ...bundle.identityKey.subarray(1)), 'invalid_key'],
      [Uint8Array.of(...bundle.identityKey, 0), 'invalid_key'],
    ] as const) {
      const preKey = { id: 1, publicKey: key }
      await expect(alice.open({ ...bundle, preKey }, bob.address)).rejects.toThrow(code(expected))
      await expect(alice.open({ ...bundle, signedPreKey: signed(key) }, bob.address)).rejects.toThrow(
        code(expected),
      )
      const identity = alice.open({ ...bundle, identityKey: key }, bob.address)
      // nothing verifies under an identity key of small order
      const refused = expected === 'invalid_key_agreement' ? 'bad_prekey_signature' : expected
      await expect(identity).rejects.toThrow(code(refused))
    }
    expect(storedState(alice)).toBe(before)
  })

  it('when it is of another device, or the address is none', async () => {
    const bundle = await bob.publishBundle()
    const otherDevice = { ...bob.address, deviceId: 2 }
    await expect(alice.open(bundle, otherDevice)).rejects.toThrow(code('device_mismatch'))
    const noUuid = { ...bob.address, serviceId: 'Bob' }
    await expect(alice.open(bundle, noUuid)).rejects.toThrow(code('invalid_argument'))
    await expect(alice.open(bundle, { ...bob.address, deviceId: 128 })).rejects.toThrow(
      code('invalid_argument'),
    )
  })
})

describe('sending is refused', () => {
  it('without a session', async () => {
    await expect(alice.encrypt(text('no'), bob.address)).rejects.toThrow(code('no_session'))
  })

  it('when the person has not accepted a changed identity key', async () => {
    await converse()
    await alice.stores.saveIdentity(bob.address, generateKeyPair().publicKey)
    const before = alice.stores.writes
    await expect(alice.encrypt(text('no'), bob.address)).rejects.toThrow(code('untrusted_identity'))
    expect(alice.stores.writes).toBe(before)
  })
})

describe('a message is refused', () => {
  it('with a ratchet key of small order, not canonical, or of another type or length', async () => {
    await converse()
    const message = decodeSignalMessage((await bob.encrypt(text('a dose'), alice.address)).body)
    const macKeys = {
      macKey: randomBytes(32),
      senderIdentity: bob.identity.publicKey,
      receiverIdentity: alice.identity.publicKey,
    }
    for (const [ratchetKey, expected] of [
      [SMALL_ORDER, 'invalid_key_agreement'],
      [TWISTED_SMALL_ORDER, 'invalid_key_agreement'],
      [NOT_REDUCED, 'invalid_key'],
      [TOP_BIT_SET, 'invalid_key'],
      [message.ratchetKey.subarray(1), 'invalid_key'],
      [Uint8Array.of(4, ...message.ratchetKey.subarray(1)), 'invalid_key'],
      [Uint8Array.of(...message.ratchetKey, 0), 'invalid_key'],
    ] as const) {
      const body = encodeSignalMessage({ ...message, ratchetKey }, macKeys)
      expect(await refusal(alice, { type: 2, body }, bob)).toBe(expected)
    }
  })

  it('with a post-quantum part that no honest peer writes', async () => {
    await converse()
    const message = decodeSignalMessage((await bob.encrypt(text('a dose'), alice.address)).body)
    const macKeys = {
      macKey: randomBytes(32),
      senderIdentity: bob.identity.publicKey,
      receiverIdentity: alice.identity.publicKey,
    }
    const chunk = new Uint8Array(32)
    const part = (epoch: number, index: number, kind: number, at: number, data: Uint8Array = chunk) =>
      concatBytes(
        Uint8Array.of(1),
        encodeVarint(epoch),
        encodeVarint(index),
        Uint8Array.of(kind),
        encodeVarint(at),
        data,
      )
    for (const [pqRatchet, expected] of [
      [part(0, 1, 1, 0), 'malformed'],
      [part(3, 1, 1, 0), 'spqr_out_of_range'],
      [part(Number.MAX_SAFE_INTEGER, 1, 1, 0), 'spqr_out_of_range'],
      [part(1, 0, 1, 0), 'missing_spqr'],
      [part(1, 0xffff_ffff, 1, 0), 'too_far_in_future'],
      [part(1, 2 ** 32, 1, 0), 'malformed'],
      [part(1, 2, 1, 65_536), 'malformed'],
      [part(1, 2, 1, 2, chunk.subarray(1)), 'malformed'],
      [part(1, 2, 7, 2), 'malformed'],
      [concatBytes(part(1, 2, 1, 2), new Uint8Array(300)), 'too_large'],
      [Uint8Array.of(2, 1, 1, 0), 'missing_spqr'],
      [Uint8Array.of(1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1), 'malformed'],
      [Uint8Array.of(1), 'malformed'],
    ] as const) {
      const body = encodeSignalMessage({ ...message, pqRatchet }, macKeys)
      expect([bytesToHex(pqRatchet.subarray(0, 20)), await refusal(alice, { type: 2, body }, bob)]).toEqual([
        bytesToHex(pqRatchet.subarray(0, 20)),
        expected,
      ])
    }
  })

  it('with any byte changed, and the genuine one is read afterwards', async () => {
    await converse()
    const message = await bob.encrypt(text('a dose'), alice.address)
    for (let at = 0; at < message.body.length; at++) await refusal(alice, flipped(message, at), bob)
    for (const length of [0, 1, 8, 9, 40, message.body.length - 1]) {
      await refusal(alice, { ...message, body: message.body.subarray(0, length) }, bob)
    }
    expect(await alice.decrypt(message, bob.address)).toEqual(text('a dose'))
  })

  it('that opens a session, with any byte of its inner message changed', async () => {
    await alice.open(await bob.publishBundle(), bob.address)
    const first = await alice.encrypt(text('a dose'), bob.address)
    const { message: inner, ...handshake } = decodePreKeyMessage(first.body)
    for (let at = 0; at < inner.length; at += 2) {
      const body = encodePreKeyMessage(handshake, flipped({ type: 2, body: inner }, at).body)
      await refusal(bob, { type: 3, body }, alice)
    }
    expect(await bob.decrypt(first, alice.address)).toEqual(text('a dose'))
  })

  it('that opens a session, with any part of its handshake changed', async () => {
    await alice.open(await bob.publishBundle(), bob.address)
    const first = await alice.encrypt(text('a dose'), bob.address)
    const { message, ...handshake } = decodePreKeyMessage(first.body)
    const kyberCiphertext = Uint8Array.from(handshake.kyberCiphertext)
    kyberCiphertext[500] = (kyberCiphertext[500] ?? 0) ^ 1
    const smallOrder = new Uint8Array(33)
    smallOrder[0] = 5
    const changes: [object, string][] = [
      [{ kyberCiphertext }, 'bad_mac'],
      [{ kyberCiphertext: kyberCiphertext.subarray(1) }, 'invalid_ciphertext'],
      [{ baseKey: generateKeyPair().publicKey }, 'bad_mac'],
      [{ baseKey: smallOrder }, 'invalid_key'],
      [{ identityKey: generateKeyPair().publicKey }, 'bad_mac'],
      [{ identityKey: smallOrder }, 'invalid_key_agreement'],
      [{ preKeyId: undefined }, 'bad_mac'],
      [{ preKeyId: 77 }, 'unknown_prekey'],
      [{ signedPreKeyId: 77 }, 'unknown_signed_prekey'],
      [{ kyberPreKeyId: 77 }, 'unknown_kyber_prekey'],
    ]
    for (const [change, expected] of changes) {
      const body = encodePreKeyMessage({ ...handshake, ...change }, message)
      expect([Object.keys(change), await refusal(bob, { type: 3, body }, alice)]).toEqual([
        Object.keys(change),
        expected,
      ])
    }
    expect(await bob.decrypt(first, alice.address)).toEqual(text('a dose'))
  })

  it('for a known session that names another identity key', async () => {
    await alice.open(await bob.publishBundle(), bob.address)
    await bob.decrypt(await alice.encrypt(text('one'), bob.address), alice.address)
    bob.stores.identities.clear()
    const second = decodePreKeyMessage((await alice.encrypt(text('two'), bob.address)).body)
    const body = encodePreKeyMessage({ ...second, identityKey: generateKeyPair().publicKey }, second.message)
    expect(await refusal(bob, { type: 3, body }, alice)).toBe('untrusted_identity')
  })

  it('that comes again, at once or much later', async () => {
    await converse()
    const message = await bob.encrypt(text('once'), alice.address)
    await alice.decrypt(message, bob.address)
    expect(await refusal(alice, message, bob)).toBe('duplicate_message')
    for (let i = 0; i < 7; i++) {
      await bob.decrypt(await alice.encrypt(text('turn'), bob.address), alice.address)
      await alice.decrypt(await bob.encrypt(text('turn'), alice.address), bob.address)
    }
    // its chain is forgotten by now; the post-quantum ratchet still knows the key as used
    expect(await refusal(alice, message, bob)).toBe('spqr_failed')
  })

  it('that opened a session, once that session is lost', async () => {
    await alice.open(await bob.publishBundle({ oneTime: false }), bob.address)
    const lastResort = await alice.encrypt(text('once'), bob.address)
    await bob.decrypt(lastResort, alice.address)
    expect(await refusal(bob, lastResort, alice)).toBe('duplicate_message')
    bob.stores.sessions.clear()
    expect(await refusal(bob, lastResort, alice)).toBe('reused_base_key')
    await alice.open(await bob.publishBundle(), bob.address)
    const oneTime = await alice.encrypt(text('once'), bob.address)
    await bob.decrypt(oneTime, alice.address)
    bob.stores.sessions.clear()
    expect(await refusal(bob, oneTime, alice)).toBe('unknown_prekey')
  })

  it('at another device, or from another one, than it names', async () => {
    await alice.open(await bob.publishBundle(), bob.address)
    const message = await alice.encrypt(text('for Bob'), bob.address)
    const otherDevice = await MemoryDevice.create({ ...alice.address, deviceId: 2 }, alice.identity)
    expect(await refusal(bob, message, otherDevice)).toBe('wrong_addresses')
    const { message: inner } = decodePreKeyMessage(message.body)
    expect(inner.length).toBeGreaterThan(0)
    expect(await bob.decrypt(message, alice.address)).toEqual(text('for Bob'))
  })

  it('when its handshake names no addresses', async () => {
    await alice.open(await bob.publishBundle(), bob.address)
    const first = decodePreKeyMessage((await alice.encrypt(text('hello'), bob.address)).body)
    const { message } = encryptWithSession(await current(alice, bob), text('hello'), undefined)
    const body = encodePreKeyMessage(first, message)
    expect(await refusal(bob, { type: 3, body }, alice)).toBe('wrong_addresses')
  })

  it('without the post-quantum ratchet, although its sender made it', async () => {
    await converse()
    const session = await current(bob, alice)
    const { chainKey, ratchetKey } = session.senderChain!
    const keys = deriveMessageKeys(messageSeed(chainKey), undefined)
    const body = encodeSignalMessage(
      {
        ratchetKey,
        counter: chainKey.index,
        previousCounter: session.previousCounter,
        ciphertext: encryptAesCbc(keys.cipherKey, keys.iv, text('classical only')),
        pqRatchet: new Uint8Array(),
      },
      {
        macKey: keys.macKey,
        senderIdentity: session.localIdentity,
        receiverIdentity: session.remoteIdentity,
      },
    )
    expect(await refusal(alice, { type: 2, body }, bob)).toBe('missing_spqr')
  })

  it('without a session, of another type, or from an identity that is not trusted', async () => {
    await alice.open(await bob.publishBundle(), bob.address)
    const first = await alice.encrypt(text('hello'), bob.address)
    const { message } = decodePreKeyMessage(first.body)
    expect(await refusal(bob, { type: 2, body: message }, alice)).toBe('no_session')
    expect(await refusal(bob, { type: 8, body: message }, alice)).toBe('invalid_argument')
    await bob.stores.saveIdentity(alice.address, generateKeyPair().publicKey)
    expect(await refusal(bob, first, alice)).toBe('untrusted_identity')
  })

  it('when the stored session is damaged', async () => {
    await converse()
    const message = await bob.encrypt(text('hello'), alice.address)
    const session = await current(alice, bob)
    const damaged = [
      randomBytes(300),
      encodeSessionRecord({ current: { ...session, pqRatchet: randomBytes(50) }, archived: [] }),
      encodeSessionRecord({ current: { ...session, version: 3 }, archived: [] }),
    ]
    for (const record of damaged) {
      await alice.stores.storeSession(bob.address, record)
      expect(await refusal(alice, message, bob)).toBe('invalid_session')
    }
    const withoutRatchet = encodeSessionRecord({
      current: { ...session, pqRatchet: new Uint8Array() },
      archived: [],
    })
    await alice.stores.storeSession(bob.address, withoutRatchet)
    expect(await refusal(alice, message, bob)).toBe('missing_spqr')
  })

  it('when the stored prekey is damaged', async () => {
    await alice.open(await bob.publishBundle(), bob.address)
    const first = await alice.encrypt(text('hello'), bob.address)
    const { preKeys, signedPreKeys, kyberPreKeys } = bob.stores
    for (const records of [preKeys, signedPreKeys, kyberPreKeys]) {
      for (const [id, record] of records) {
        records.set(id, record.subarray(0, record.length - 40))
        expect(await refusal(bob, first, alice)).toBe('invalid_prekey')
        records.set(id, record)
      }
    }
    expect(await bob.decrypt(first, alice.address)).toEqual(text('hello'))
  })
})
