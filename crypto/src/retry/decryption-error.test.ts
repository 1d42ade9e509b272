import * as native from '@signalapp/libsignal-client'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CryptoError } from '../errors.ts'
import { concatBytes, utf8ToBytes } from '../primitives/bytes.ts'
import { NativeParty, plain } from '../sealed-sender/testing/native-party.ts'
import { ProtobufWriter } from '../wire/protobuf.ts'
import {
  describeFailure,
  fromPlaintextContent,
  parseDecryptionErrorMessage,
  serializeDecryptionErrorMessage,
  toPlaintextContent,
} from './index.ts'

const SENT_AT_MS = 1_790_000_000_123

const codeOf = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    if (error instanceof CryptoError) return error.code
    throw error
  }
  return 'nothing refused'
}

/** A first message and, after an answer, a later one, as native encrypts them. */
async function nativeMessages(): Promise<[native.CiphertextMessage, native.CiphertextMessage]> {
  const [alice, bob] = [new NativeParty(), new NativeParty()]
  await alice.meet(bob)
  const first = await alice.encrypt(utf8ToBytes('first'), bob)
  await native.signalDecryptPreKey(
    native.PreKeySignalMessage.deserialize(plain(first.serialize())),
    alice.address,
    bob.address,
    bob.sessions,
    bob.identities,
    bob.preKeys,
    bob.signedPreKeys,
    bob.kyberPreKeys,
  )
  return [first, await bob.encrypt(utf8ToBytes('answer'), alice)]
}

describe('against the native library', () => {
  it('describes a failed prekey and whisper message byte for byte alike', async () => {
    for (const message of await nativeMessages()) {
      const body = message.serialize()
      const theirs = native.DecryptionErrorMessage.forOriginal(plain(body), message.type(), SENT_AT_MS, 4)
      const ours = describeFailure({
        type: message.type(),
        body,
        timestampMs: SENT_AT_MS,
        senderDeviceId: 4,
      })
      expect(ours.ratchetKey).toEqual(theirs.ratchetKey()?.serialize())
      expect(serializeDecryptionErrorMessage(ours)).toEqual(theirs.serialize())
      expect(parseDecryptionErrorMessage(theirs.serialize())).toEqual(ours)
      expect(toPlaintextContent(ours).body).toEqual(native.PlaintextContent.from(theirs).serialize())
    }
  })

  it('names no ratchet key for a sender-key message', () => {
    const body = utf8ToBytes('not looked into')
    const theirs = native.DecryptionErrorMessage.forOriginal(plain(body), 7, SENT_AT_MS, 1)
    const ours = describeFailure({ type: 7, body, timestampMs: SENT_AT_MS, senderDeviceId: 1 })
    expect(serializeDecryptionErrorMessage(ours)).toEqual(theirs.serialize())
    expect(ours).not.toHaveProperty('ratchetKey')
  })

  it('each reads what the other sends', async () => {
    const [, message] = await nativeMessages()
    const ours = describeFailure({
      type: message.type(),
      body: message.serialize(),
      timestampMs: SENT_AT_MS,
      senderDeviceId: 4,
    })
    const sent = native.PlaintextContent.deserialize(plain(toPlaintextContent(ours).body))
    const theirs = native.DecryptionErrorMessage.extractFromSerializedBody(sent.body())
    expect(theirs.timestamp()).toBe(SENT_AT_MS)
    expect(theirs.deviceId()).toBe(4)
    expect(fromPlaintextContent(native.PlaintextContent.from(theirs).serialize())).toEqual(ours)
  })
})

describe('refused with a code', () => {
  const failure = (type: number, body: Uint8Array) =>
    codeOf(() => describeFailure({ type, body, timestampMs: 1, senderDeviceId: 1 }))

  it('what cannot have failed, or cannot be read', async () => {
    const [first, later] = (await nativeMessages()).map((message) => message.serialize())
    expect(failure(8, utf8ToBytes('x'))).toBe('not_encrypted')
    expect(failure(1, utf8ToBytes('x'))).toBe('invalid_argument')
    expect(failure(2, new Uint8Array(8))).toBe('malformed')
    expect(failure(3, new Uint8Array(0))).toBe('legacy_version')
    expect(failure(2, concatBytes(Uint8Array.of(0x22), later!.subarray(1)))).toBe('legacy_version')
    expect(failure(3, concatBytes(Uint8Array.of(0x55), first!.subarray(1)))).toBe('unsupported_version')
    expect(failure(2, concatBytes(Uint8Array.of(0x44), new Uint8Array(100_000)))).toBe('too_large')
    expect(failure(2, first!)).not.toBe('nothing refused')
  })

  it('plaintext content that smuggles anything else', () => {
    const inner = serializeDecryptionErrorMessage({ timestampMs: 5, deviceId: 1 })
    const content = (change: (writer: ProtobufWriter) => ProtobufWriter) =>
      concatBytes(Uint8Array.of(0xc0), change(new ProtobufWriter()).finish(), Uint8Array.of(0x80))
    expect(fromPlaintextContent(content((w) => w.bytes(8, inner)))).toEqual({ timestampMs: 5, deviceId: 1 })
    const smuggled = [
      content((w) => w.bytes(1, utf8ToBytes('a text')).bytes(8, inner)),
      content((w) => w.bytes(8, inner).bytes(99, inner)),
      content((w) => w.bytes(8, inner).bytes(8, inner)),
      content((w) => w.bytes(1, inner)),
      content((w) => w),
      content((w) => w.bytes(8, new Uint8Array(0))),
      content((w) => w.bytes(8, inner)).subarray(0, -1),
      Uint8Array.of(0xc0),
      Uint8Array.of(0xc0, 0x80),
    ]
    for (const body of smuggled) expect(codeOf(() => fromPlaintextContent(body))).toBe('malformed')
    expect(codeOf(() => fromPlaintextContent(utf8ToBytes('hello')))).toBe('unsupported_version')
    expect(codeOf(() => fromPlaintextContent(new Uint8Array(0)))).toBe('unsupported_version')
    expect(codeOf(() => fromPlaintextContent(new Uint8Array(300).fill(0xc0)))).toBe('too_large')
  })

  it('whatever else is sent', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(2, 3), (bytes, type) => {
        failure(type, bytes)
        failure(type, concatBytes(Uint8Array.of(0x44), bytes))
        codeOf(() => parseDecryptionErrorMessage(bytes))
        codeOf(() => fromPlaintextContent(concatBytes(Uint8Array.of(0xc0), bytes)))
      }),
    )
  })
})
