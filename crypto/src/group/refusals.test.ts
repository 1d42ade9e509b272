import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { CryptoError, type CryptoErrorCode } from '../errors.ts'
import type { ProtocolAddress } from '../identity/address.ts'
import { concatBytes, utf8ToBytes } from '../primitives/bytes.ts'
import { signXeddsa } from '../primitives/xeddsa.ts'
import { senderKeyName } from '../testing/index.ts'
import { MAX_MESSAGE_LENGTH, MAX_PLAINTEXT_LENGTH } from '../wire/limits.ts'
import { ProtobufWriter } from '../wire/protobuf.ts'
import { groupEncrypt, rotateSenderKey } from './index.ts'
import { decodeSenderKeyMessage } from './sender-key-message.ts'
import { decodeSenderKeyRecord, encodeSenderKeyRecord } from './sender-key-record.ts'
import { NativeSenderKeys } from './testing/native-sender-keys.ts'
import { OurSenderKeys } from './testing/our-sender-keys.ts'

let alice: ProtocolAddress
let group: string
let sender: OurSenderKeys
let receiver: OurSenderKeys
let message: Uint8Array

beforeEach(async () => {
  alice = { serviceId: crypto.randomUUID(), deviceId: 1 }
  group = crypto.randomUUID()
  sender = new OurSenderKeys()
  receiver = new OurSenderKeys()
  await receiver.process(alice, await sender.distribute(alice, group))
  message = await sender.encrypt(alice, group, utf8ToBytes('two tablets'))
})

/** The code, and that nothing was written. */
async function expectRefusal(act: () => Promise<unknown>, code: CryptoErrorCode, store = receiver) {
  const before = new Map(store.records)
  const { writes } = store
  await expect(act()).rejects.toMatchObject({ name: 'CryptoError', code })
  expect(store.writes).toBe(writes)
  expect([...store.records.keys()]).toEqual([...before.keys()])
  for (const [name, record] of before) expect(store.records.get(name)).toBe(record)
}

const ownState = () => decodeSenderKeyRecord(sender.records.get(senderKeyName(alice, group))!)[0]!

/** A message that the genuine sender signed, with fields of the test's choosing. */
function signedMessage(fields: {
  iteration?: number
  chainId?: number
  ciphertext?: Uint8Array
}): Uint8Array {
  const genuine = decodeSenderKeyMessage(message)
  const body = new ProtobufWriter()
    .bytes(1, Uint8Array.from(Buffer.from(group.replaceAll('-', ''), 'hex')))
    .uint(2, fields.chainId ?? genuine.chainId)
    .uint(3, fields.iteration ?? genuine.iteration)
    .bytes(4, fields.ciphertext ?? genuine.ciphertext)
    .finish()
  const signed = concatBytes(Uint8Array.of(0x33), body)
  return concatBytes(signed, signXeddsa(ownState().signingPrivateKey!, signed))
}

describe('a group message is refused', () => {
  it('when a single bit changed, wherever, and is read unchanged after that', async () => {
    const { writes } = receiver
    for (let at = 0; at < message.length; at++) {
      const changed = message.slice()
      changed[at]! ^= 1 << (at % 8)
      await expect(receiver.decrypt(alice, changed), `byte ${at}`).rejects.toBeInstanceOf(CryptoError)
    }
    expect(receiver.writes).toBe(writes)
    expect(await receiver.decrypt(alice, message)).toEqual(utf8ToBytes('two tablets'))
  })

  it('when another member signed it: holding the chain key is not enough', async () => {
    const { signingPrivateKey: _, ...asMember } = ownState()
    const member = new OurSenderKeys()
    const stranger = new OurSenderKeys()
    await stranger.distribute(alice, group)
    const [strange] = decodeSenderKeyRecord(stranger.records.get(senderKeyName(alice, group))!)
    member.records.set(
      senderKeyName(alice, group),
      encodeSenderKeyRecord([{ ...asMember, signingPrivateKey: strange!.signingPrivateKey }]),
    )
    const forged = await member.encrypt(alice, group, utf8ToBytes('twenty tablets'))
    await expectRefusal(() => receiver.decrypt(alice, forged), 'bad_sender_key_signature')
  })

  it('when it is of another version, cut off, or too long', async () => {
    const versioned = (byte: number) => concatBytes(Uint8Array.of(byte), message.subarray(1))
    await expectRefusal(() => receiver.decrypt(alice, new Uint8Array()), 'malformed')
    await expectRefusal(() => receiver.decrypt(alice, versioned(0x23)), 'legacy_version')
    await expectRefusal(() => receiver.decrypt(alice, versioned(0x44)), 'unsupported_version')
    await expectRefusal(() => receiver.decrypt(alice, versioned(0x34)), 'unsupported_version')
    await expectRefusal(() => receiver.decrypt(alice, message.subarray(0, 64)), 'malformed')
    await expectRefusal(
      () => receiver.decrypt(alice, concatBytes(message, new Uint8Array(MAX_MESSAGE_LENGTH))),
      'too_large',
    )
  })

  it('when it comes again, or skips too many, even signed by its sender', async () => {
    await receiver.decrypt(alice, message)
    await expectRefusal(() => receiver.decrypt(alice, message), 'duplicate_message')
    for (const iteration of [25_002, 0xffff_ffff]) {
      const far = signedMessage({ iteration })
      await expectRefusal(() => receiver.decrypt(alice, far), 'too_far_in_future')
    }
  })

  it('when its sender never handed out the chain', async () => {
    const newcomer = new OurSenderKeys()
    await expectRefusal(() => newcomer.decrypt(alice, message), 'no_sender_key', newcomer)
    const other = signedMessage({ chainId: (ownState().chainId + 1) % 0x8000_0000 })
    await expectRefusal(() => receiver.decrypt(alice, other), 'no_sender_key')
  })

  it('when its ciphertext is no whole number of blocks or wrongly padded', async () => {
    for (const length of [0, 15, 17, 32]) {
      const bad = signedMessage({ ciphertext: new Uint8Array(length) })
      await expectRefusal(() => receiver.decrypt(alice, bad), 'invalid_ciphertext')
    }
  })

  it('with a code, whatever bytes come', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        for (const input of [bytes, concatBytes(Uint8Array.of(0x33), bytes)]) {
          await expect(receiver.decrypt(alice, input)).rejects.toBeInstanceOf(CryptoError)
          await expect(receiver.process(alice, input)).rejects.toBeInstanceOf(CryptoError)
        }
      }),
    )
  })
})

describe('a sender key is refused', () => {
  const distribution = (fields: { seed?: Uint8Array; key?: Uint8Array; id?: Uint8Array; byte?: number }) =>
    concatBytes(
      Uint8Array.of(fields.byte ?? 0x33),
      new ProtobufWriter()
        .bytes(1, fields.id ?? new Uint8Array(16))
        .uint(2, 7)
        .uint(3, 0)
        .bytes(4, fields.seed ?? new Uint8Array(32))
        .bytes(5, fields.key ?? ownState().signingPublicKey)
        .finish(),
    )

  it('when a part has the wrong length, or it is of another version', async () => {
    const cases: [Uint8Array, CryptoErrorCode][] = [
      [new Uint8Array(), 'malformed'],
      [distribution({ byte: 0x22 }), 'legacy_version'],
      [distribution({ byte: 0x43 }), 'unsupported_version'],
      [distribution({ id: new Uint8Array(15) }), 'malformed'],
      [distribution({ seed: new Uint8Array(31) }), 'malformed'],
      [distribution({ seed: new Uint8Array(33) }), 'malformed'],
      [distribution({ key: new Uint8Array(32) }), 'invalid_key'],
      [concatBytes(distribution({}), new Uint8Array(512)), 'too_large'],
    ]
    for (const [bytes, code] of cases) await expectRefusal(() => receiver.process(alice, bytes), code)
  })

  it('when everybody could sign under it: keys of small order and second spellings', async () => {
    const withPoint = (...point: number[]) => {
      const key = new Uint8Array(33)
      key.set([5, ...point])
      return distribution({ key })
    }
    const minusOne = new Uint8Array(33).fill(0xff)
    minusOne.set([5, 0xec])
    minusOne[32] = 0x7f
    for (const bytes of [withPoint(0), withPoint(1), distribution({ key: minusOne })]) {
      await expectRefusal(() => receiver.process(alice, bytes), 'invalid_key')
    }
    const topBit = ownState().signingPublicKey.slice()
    topBit[32]! |= 0x80
    await expectRefusal(() => receiver.process(alice, distribution({ key: topBit })), 'invalid_key')
  })
})

describe('the own side is refused', () => {
  it('sending without a sender key, with somebody else’s, or too much', async () => {
    const empty = new OurSenderKeys()
    await expectRefusal(() => empty.encrypt(alice, group, utf8ToBytes('x')), 'no_sender_key', empty)
    await expectRefusal(() => receiver.encrypt(alice, group, utf8ToBytes('x')), 'invalid_sender_key')
    const much = new Uint8Array(MAX_PLAINTEXT_LENGTH + 1)
    await expectRefusal(() => groupEncrypt(alice, group, sender, much), 'too_large', sender)
  })

  it('a name that is none, before anything is read', async () => {
    const upper = group.toUpperCase()
    await expectRefusal(() => sender.distribute(alice, upper), 'invalid_argument', sender)
    await expectRefusal(() => rotateSenderKey(alice, upper, sender), 'invalid_argument', sender)
    const nobody = { ...alice, deviceId: 128 }
    await expectRefusal(() => sender.distribute(nobody, group), 'invalid_argument', sender)
    await expectRefusal(() => receiver.decrypt(nobody, message), 'invalid_argument')
  })

  it('a damaged record, with a code of its own', async () => {
    const name = senderKeyName(alice, group)
    const genuine = receiver.records.get(name)!
    for (const damaged of [
      genuine.subarray(0, -1),
      Uint8Array.of(0x0a, 0),
      new Uint8Array(1024 * 1024 + 1),
    ]) {
      receiver.records.set(name, damaged)
      await expectRefusal(() => receiver.decrypt(alice, message), 'invalid_sender_key')
    }
    const theirs = new NativeSenderKeys(new Map([[name, genuine]]))
    expect(await theirs.decrypt(alice, message)).toEqual(utf8ToBytes('two tablets'))
  })
})
