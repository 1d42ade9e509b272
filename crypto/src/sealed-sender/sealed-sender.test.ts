import * as native from '@signalapp/libsignal-client'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { CryptoError, type CryptoErrorCode } from '../errors.ts'
import { concatBytes, utf8ToBytes } from '../primitives/bytes.ts'
import { generateKeyPair } from '../primitives/curve.ts'
import {
  CONTENT_HINT,
  parseUnidentifiedSenderContent,
  sealedSenderDecryptToUsmc,
  sealedSenderEncrypt,
  sealedSenderOpen,
  serializeUnidentifiedSenderContent,
} from './index.ts'
import { sealContent } from './seal.ts'
import { Authority, NativeParty, plain } from './testing/native-party.ts'

const EXPIRES_AT_MS = 2_000_000_000_000
const RECEIVED_AT_MS = EXPIRES_AT_MS - 3_600_000

let authority: Authority
let alice: NativeParty
let bob: NativeParty
let certificate: Uint8Array

beforeAll(() => {
  authority = new Authority()
  alice = new NativeParty(2)
  bob = new NativeParty(1)
  certificate = authority.issue(alice, EXPIRES_AT_MS).serialize()
})

/** Bob opens with all checks on. */
const open = (sealed: Uint8Array) =>
  sealedSenderOpen(sealed, {
    identity: bob.identity,
    local: { serviceId: bob.serviceId, deviceId: bob.deviceId },
    trustRoots: [authority.trustRootKey],
    receivedAtMs: RECEIVED_AT_MS,
  })

const seal = (body: Uint8Array, type: 2 | 3 | 7 | 8 = 2) =>
  sealedSenderEncrypt({
    message: { type, body },
    senderCertificate: certificate,
    contentHint: CONTENT_HINT.resendable,
    recipientIdentityKey: bob.identity.publicKey,
    senderIdentity: alice.identity,
  })

const expectRefusal = (promise: Promise<unknown>, code: CryptoErrorCode) =>
  expect(promise).rejects.toMatchObject({ name: 'CryptoError', code })

describe('against the native library', () => {
  it('native opens what we sealed, from the first message to the text', async () => {
    await alice.meet(bob)
    const texts = ['Mag de dosis verdubbeld worden?', 'Nog een vraag']
    for (const text of texts) {
      const message = await alice.encrypt(utf8ToBytes(text), bob)
      expect(message.type()).toBe(native.CiphertextMessageType.PreKey)
      const sealed = await seal(message.serialize(), 3)
      const result = await native.sealedSenderDecryptMessage(
        plain(sealed),
        authority.trustRoot.getPublicKey(),
        RECEIVED_AT_MS,
        null,
        bob.serviceId,
        bob.deviceId,
        bob.sessions,
        bob.identities,
        bob.preKeys,
        bob.signedPreKeys,
        bob.kyberPreKeys,
      )
      expect(new TextDecoder().decode(result.message())).toBe(text)
      expect(result.senderUuid()).toBe(alice.serviceId)
      expect(result.deviceId()).toBe(2)
    }
  })

  it('we open what native sealed', async () => {
    await alice.meet(bob)
    const message = await alice.encrypt(utf8ToBytes('bonjour'), bob)
    const content = native.UnidentifiedSenderMessageContent.new(
      message,
      native.SenderCertificate.deserialize(plain(certificate)),
      native.ContentHint.Implicit,
      Uint8Array.of(1, 2, 3),
    )
    const sealed = await native.sealedSenderEncrypt(content, bob.address, alice.identities)
    const opened = await open(sealed)
    expect(opened).toEqual({
      sender: {
        senderUuid: alice.serviceId,
        senderDeviceId: 2,
        senderIdentityKey: alice.identity.publicKey,
        expiresAtMs: EXPIRES_AT_MS,
      },
      message: { type: 3, body: message.serialize() },
      contentHint: CONTENT_HINT.implicit,
      groupId: Uint8Array.of(1, 2, 3),
    })
  })

  it.each([2, 3, 7, 8] as const)('both read the same content, type %i', async (type) => {
    const body = utf8ToBytes('opaque to this layer')
    const sealed = await seal(body, type)
    const theirs = await native.sealedSenderDecryptToUsmc(plain(sealed), bob.identities)
    const ours = await sealedSenderDecryptToUsmc(sealed, bob.identity)
    expect(theirs.msgType()).toBe(type)
    expect(theirs.contents()).toEqual(body)
    expect(theirs.contentHint()).toBe(CONTENT_HINT.resendable)
    expect(theirs.senderCertificate().serialize()).toEqual(certificate)
    expect(ours).toEqual({
      messageType: type,
      contents: body,
      contentHint: CONTENT_HINT.resendable,
      senderCertificate: certificate,
    })
  })

  it('writes content byte for byte as native does', () => {
    const message = native.PlaintextContent.from(
      native.DecryptionErrorMessage.forOriginal(plain(utf8ToBytes('group')), 7, 1, 1),
    )
    for (const hint of [0, 1, 2]) {
      for (const groupId of [null, Uint8Array.of(), Uint8Array.of(7)]) {
        const theirs = native.UnidentifiedSenderMessageContent.new(
          message.asCiphertextMessage(),
          native.SenderCertificate.deserialize(plain(certificate)),
          hint,
          groupId,
        ).serialize()
        const ours = serializeUnidentifiedSenderContent({
          messageType: 8,
          senderCertificate: certificate,
          contents: message.serialize(),
          contentHint: hint,
          ...(groupId === null ? {} : { groupId }),
        })
        expect(ours).toEqual(theirs)
        expect(parseUnidentifiedSenderContent(theirs).contents).toEqual(message.serialize())
      }
    }
  })
})

describe('an attacker', () => {
  it('changes nothing unnoticed: every byte matters', async () => {
    const sealed = await seal(utf8ToBytes('two tablets'))
    for (let at = 0; at < sealed.length; at++) {
      const changed = sealed.slice()
      changed[at]! ^= 0x10
      await expect(open(changed), `byte ${at} changed`).rejects.toBeInstanceOf(CryptoError)
    }
  })

  it('cuts nothing off', async () => {
    const sealed = await seal(utf8ToBytes('two tablets'))
    for (let length = 0; length < sealed.length; length++) {
      await expect(open(sealed.subarray(0, length))).rejects.toBeInstanceOf(CryptoError)
    }
  })

  it('does not learn the sender or the certificate from the bytes', async () => {
    const sealed = Buffer.from(await seal(utf8ToBytes('two tablets')))
    expect(sealed.includes(alice.serviceId)).toBe(false)
    expect(sealed.includes(Buffer.from(alice.identity.publicKey.subarray(1)))).toBe(false)
    expect(Buffer.from(await seal(utf8ToBytes('two tablets'))).equals(sealed)).toBe(false)
  })

  it('does not open a message to somebody else', async () => {
    const other = generateKeyPair()
    await expectRefusal(sealedSenderDecryptToUsmc(await seal(utf8ToBytes('x')), other), 'bad_mac')
  })

  it('cannot use a certificate that it does not hold the key of', async () => {
    const thief = generateKeyPair()
    const stolen = serializeUnidentifiedSenderContent({
      messageType: 2,
      senderCertificate: certificate,
      contents: utf8ToBytes('forged'),
      contentHint: 0,
    })
    const sealed = await sealContent(stolen, {
      recipientIdentityKey: bob.identity.publicKey,
      senderIdentity: thief,
    })
    await expectRefusal(sealedSenderDecryptToUsmc(sealed, bob.identity), 'sender_key_mismatch')
    await expect(native.sealedSenderDecryptToUsmc(plain(sealed), bob.identities)).rejects.toThrow()
  })

  it('cannot make us seal to a key of small order', async () => {
    await expectRefusal(
      sealedSenderEncrypt({
        message: { type: 2, body: utf8ToBytes('x') },
        senderCertificate: certificate,
        recipientIdentityKey: concatBytes(Uint8Array.of(5), new Uint8Array(32)),
        senderIdentity: alice.identity,
      }),
      'invalid_key_agreement',
    )
  })

  it('meets a code whatever bytes it sends', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
        await expect(open(bytes)).rejects.toBeInstanceOf(CryptoError)
        await expect(open(concatBytes(Uint8Array.of(0x11), bytes))).rejects.toBeInstanceOf(CryptoError)
        try {
          parseUnidentifiedSenderContent(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(CryptoError)
        }
      }),
    )
  })
})

describe('refused with a code', () => {
  it('empty, of another version, too long', async () => {
    await expectRefusal(open(new Uint8Array(0)), 'malformed')
    await expectRefusal(open(Uint8Array.of(0x33, 1, 2)), 'unsupported_version')
    await expectRefusal(open(Uint8Array.of(0x23, 1, 2)), 'unsupported_version')
    await expectRefusal(open(Uint8Array.of(0x22, 1, 2)), 'malformed')
    await expectRefusal(open(concatBytes(Uint8Array.of(0x11), new Uint8Array(96 * 1024 + 1))), 'too_large')
  })

  it('sent by this very device; another device of the account is welcome', async () => {
    const self = await sealedSenderEncrypt({
      message: { type: 2, body: utf8ToBytes('x') },
      senderCertificate: authority.issue(bob, EXPIRES_AT_MS).serialize(),
      recipientIdentityKey: bob.identity.publicKey,
      senderIdentity: bob.identity,
    })
    await expectRefusal(open(self), 'self_send')
    const opened = await sealedSenderOpen(self, {
      identity: bob.identity,
      local: { serviceId: bob.serviceId, deviceId: 3 },
      trustRoots: [authority.trustRootKey],
      receivedAtMs: RECEIVED_AT_MS,
    })
    expect(opened.contentHint).toBe(CONTENT_HINT.default)
  })

  it('an unbelievable certificate, only once the sealed part is proven', async () => {
    const sealed = await seal(utf8ToBytes('x'))
    const options = {
      identity: bob.identity,
      local: { serviceId: bob.serviceId, deviceId: bob.deviceId },
      trustRoots: [new Authority().trustRootKey],
      receivedAtMs: RECEIVED_AT_MS,
    }
    await expectRefusal(sealedSenderOpen(sealed, options), 'sender_certificate_untrusted')
  })
})
