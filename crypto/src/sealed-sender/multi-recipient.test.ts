import * as native from '@signalapp/libsignal-client'
import SealedSenderMultiRecipientMessage from '@signalapp/libsignal-client/dist/SealedSenderMultiRecipientMessage.js'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { CryptoError, type CryptoErrorCode } from '../errors.ts'
import { encryptOnce } from '../primitives/aes-gcm-siv.ts'
import { concatBytes, randomBytes, utf8ToBytes } from '../primitives/bytes.ts'
import { generateKeyPair } from '../primitives/curve.ts'
import {
  CONTENT_HINT,
  type MultiRecipientSealInput,
  type SealedRecipient,
  sealedSenderDecryptToUsmc,
  sealedSenderMultiRecipientEncrypt,
  sealedSenderOpen,
  sealedSenderV2Decrypt,
  serializeUnidentifiedSenderContent,
} from './index.ts'
import { authenticationTag, coverSeed, deriveSeedKeys } from './multi-recipient-keys.ts'
import { MAX_SEALED_LENGTH, openSeed, parseReceived } from './multi-recipient-open.ts'
import { MAX_RECIPIENTS, sealForMany } from './multi-recipient-seal.ts'
import { Authority, NativeParty, plain } from './testing/native-party.ts'

const EXPIRES_AT_MS = 2_000_000_000_000
const RECEIVED_AT_MS = EXPIRES_AT_MS - 3_600_000
const REGISTRATION_ID = 1234

let authority: Authority
let alice: NativeParty
let bob: NativeParty
let carol: NativeParty
let dave: NativeParty
let certificate: Uint8Array

beforeAll(async () => {
  authority = new Authority()
  alice = new NativeParty(2)
  ;[bob, carol, dave] = [new NativeParty(1), new NativeParty(4), new NativeParty(1)]
  for (const peer of [bob, carol, dave]) await alice.meet(peer)
  certificate = authority.issue(alice, EXPIRES_AT_MS).serialize()
})

const recipient = (party: NativeParty): SealedRecipient => ({
  accountId: party.serviceId,
  identityKey: party.identity.publicKey,
  devices: [{ deviceId: party.deviceId, registrationId: REGISTRATION_ID }],
})

const seal = (changes: Partial<MultiRecipientSealInput> = {}) =>
  sealedSenderMultiRecipientEncrypt({
    message: { type: 7, body: utf8ToBytes('for the ward') },
    senderCertificate: certificate,
    contentHint: CONTENT_HINT.resendable,
    groupId: Uint8Array.of(9, 9, 9),
    senderIdentity: alice.identity,
    recipients: [recipient(bob), recipient(carol)],
    ...changes,
  })

/** What the relay does: native code reads the upload and cuts it for one recipient. */
function cut(upload: Uint8Array, party: NativeParty): Uint8Array {
  const parsed = new SealedSenderMultiRecipientMessage(plain(upload))
  return parsed.messageForRecipient(parsed.recipientsByServiceIdString()[party.serviceId]!)
}

const open = (sealed: Uint8Array, party: NativeParty) =>
  sealedSenderOpen(sealed, {
    identity: party.identity,
    local: { serviceId: party.serviceId, deviceId: party.deviceId },
    trustRoots: [authority.trustRootKey],
    receivedAtMs: RECEIVED_AT_MS,
  })

/** A native upload of the same content to bob and carol. */
async function nativeUpload(recipients: NativeParty[], excluded: NativeParty[] = []) {
  const message = native.PlaintextContent.from(
    native.DecryptionErrorMessage.forOriginal(plain(utf8ToBytes('x')), 7, 1, 1),
  )
  const content = native.UnidentifiedSenderMessageContent.new(
    message.asCiphertextMessage(),
    native.SenderCertificate.deserialize(plain(certificate)),
    native.ContentHint.Implicit,
    Uint8Array.of(1, 2),
  )
  const upload = await native.sealedSenderMultiRecipientEncrypt({
    content,
    recipients: recipients.map((party) => party.address),
    excludedRecipients: excluded.map((party) => native.Aci.fromUuid(party.serviceId)),
    identityStore: alice.identities,
    sessionStore: alice.sessions,
  })
  return { upload, content: content.serialize(), contents: message.serialize() }
}

const expectRefusal = (promise: Promise<unknown>, code: CryptoErrorCode) =>
  expect(promise).rejects.toMatchObject({ name: 'CryptoError', code })

describe('against the native library', () => {
  it('the relay reads who is to get what, and each recipient’s native device opens it', async () => {
    const upload = await seal({ excludedAccountIds: [dave.serviceId] })
    const parsed = new SealedSenderMultiRecipientMessage(plain(upload))
    expect(Object.keys(parsed.recipientsByServiceIdString()).sort()).toEqual(
      [bob.serviceId, carol.serviceId].sort(),
    )
    expect(parsed.recipientsByServiceIdString()[carol.serviceId]).toMatchObject({
      deviceIds: [4],
      registrationIds: [REGISTRATION_ID],
    })
    expect(parsed.excludedRecipientServiceIdStrings()).toEqual([dave.serviceId])
    for (const party of [bob, carol]) {
      const content = await native.sealedSenderDecryptToUsmc(plain(cut(upload, party)), party.identities)
      expect(content.msgType()).toBe(7)
      expect(content.contents()).toEqual(plain(utf8ToBytes('for the ward')))
      expect(content.groupId()).toEqual(Uint8Array.of(9, 9, 9))
      expect(content.contentHint()).toBe(CONTENT_HINT.resendable)
      expect(content.senderCertificate().serialize()).toEqual(plain(certificate))
    }
  })

  it('we open what native sealed for many', async () => {
    const { upload, contents } = await nativeUpload([bob, carol])
    for (const party of [bob, carol]) {
      expect(await open(cut(upload, party), party)).toEqual({
        sender: {
          senderUuid: alice.serviceId,
          senderDeviceId: 2,
          senderIdentityKey: alice.identity.publicKey,
          expiresAtMs: EXPIRES_AT_MS,
        },
        message: { type: 8, body: contents },
        contentHint: CONTENT_HINT.implicit,
        groupId: Uint8Array.of(1, 2),
      })
    }
  })

  it('makes of the same seed the same upload, byte for byte', async () => {
    const { upload, content } = await nativeUpload([bob, carol], [dave])
    const seed = await openSeed(parseReceived(cut(upload, bob)), bob.identity)
    const ours = await sealForMany(
      content,
      {
        recipients: [recipient(bob), recipient(carol)],
        excludedAccountIds: [dave.serviceId],
        senderIdentity: alice.identity,
      },
      seed,
    )
    expect(plain(ours)).toEqual(upload)
  })

  it('names several devices of one account, which all get the same', async () => {
    const devices = [1, 3, 127].map((deviceId, i) => ({ deviceId, registrationId: [0, 0x3fff, 77][i]! }))
    const upload = await seal({ recipients: [{ ...recipient(bob), devices }, recipient(carol)] })
    const parsed = new SealedSenderMultiRecipientMessage(plain(upload)).recipientsByServiceIdString()
    expect(parsed[bob.serviceId]).toMatchObject({ deviceIds: [1, 3, 127], registrationIds: [0, 0x3fff, 77] })
    expect((await open(cut(upload, bob), bob)).message.type).toBe(7)
  })

  it('serves more recipients than one byte counts', async () => {
    const many = Array.from({ length: 130 }, () => ({
      ...recipient(bob),
      accountId: crypto.randomUUID(),
    }))
    const upload = await seal({ recipients: many })
    const parsed = new SealedSenderMultiRecipientMessage(plain(upload)).recipientsByServiceIdString()
    expect(Object.keys(parsed).sort()).toEqual(many.map(({ accountId }) => accountId).sort())
  })
})

describe('an attacker', () => {
  it('changes nothing unnoticed: every byte matters', async () => {
    const sealed = cut(await seal(), bob)
    for (let at = 0; at < sealed.length; at++) {
      const changed = sealed.slice()
      changed[at]! ^= 1 << (at % 8)
      await expect(sealedSenderV2Decrypt(changed, bob.identity), `byte ${at}`).rejects.toBeInstanceOf(
        CryptoError,
      )
    }
    for (let length = 0; length < sealed.length; length++) {
      await expect(open(sealed.subarray(0, length), bob)).rejects.toBeInstanceOf(CryptoError)
    }
  })

  it('does not learn the sender, nor does one recipient open another’s', async () => {
    const upload = await seal()
    expect(Buffer.from(upload).includes(alice.serviceId)).toBe(false)
    expect(Buffer.from(upload).includes(Buffer.from(alice.identity.publicKey.subarray(1)))).toBe(false)
    await expectRefusal(open(cut(upload, carol), bob), 'bad_mac')
  })

  it('who is a recipient cannot pass it on as the sender’s to somebody else', async () => {
    // bob knows the seed: he can cover it for dave, but not make the tag that alice would have made
    const received = parseReceived(cut(await seal(), bob))
    const content = serializeUnidentifiedSenderContent({
      messageType: 7,
      senderCertificate: certificate,
      contents: utf8ToBytes('for the ward'),
      contentHint: 0,
    })
    const forged = await sealForMany(
      content,
      { recipients: [recipient(dave)], senderIdentity: bob.identity },
      await openSeed(received, bob.identity),
    )
    await expectRefusal(open(cut(forged, dave), dave), 'sender_key_mismatch')
    await expect(
      native.sealedSenderDecryptToUsmc(plain(cut(forged, dave)), dave.identities),
    ).rejects.toThrow()
  })

  it('cannot send under an ephemeral key that is not the seed’s', async () => {
    const seed = randomBytes(32)
    const other = generateKeyPair()
    const keys = { ephemeralKey: other.publicKey, recipientKey: bob.identity.publicKey }
    const coveredSeed = await coverSeed(seed, { ours: other, theirPublicKey: keys.recipientKey }, keys)
    const tag = await authenticationTag(
      { ours: alice.identity, theirPublicKey: keys.recipientKey },
      { ...keys, coveredSeed, senderKey: alice.identity.publicKey },
    )
    const content = serializeUnidentifiedSenderContent({
      messageType: 7,
      senderCertificate: certificate,
      contents: utf8ToBytes('one of two stories'),
      contentHint: 0,
    })
    const sealed = concatBytes(
      Uint8Array.of(0x22),
      coveredSeed,
      tag,
      other.publicKey.subarray(1),
      encryptOnce(deriveSeedKeys(seed).messageKey, content),
    )
    await expectRefusal(open(sealed, bob), 'bad_mac')
    await expect(native.sealedSenderDecryptToUsmc(plain(sealed), bob.identities)).rejects.toThrow()
  })

  it('meets a code whatever bytes it sends', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        const sealed = concatBytes(Uint8Array.of(0x22), bytes)
        await expect(sealedSenderDecryptToUsmc(sealed, bob.identity)).rejects.toBeInstanceOf(CryptoError)
      }),
    )
  })
})

describe('refused with a code', () => {
  it('an upload that was not cut, a truncated one, one that is too long, a key of small order', async () => {
    const upload = await seal()
    const sealed = cut(upload, bob)
    await expectRefusal(open(upload, bob), 'unsupported_version')
    await expectRefusal(sealedSenderV2Decrypt(upload, bob.identity), 'unsupported_version')
    await expectRefusal(sealedSenderV2Decrypt(new Uint8Array(), bob.identity), 'malformed')
    await expectRefusal(open(sealed.subarray(0, 96), bob), 'malformed')
    const long = concatBytes(sealed, new Uint8Array(MAX_SEALED_LENGTH))
    await expectRefusal(open(long, bob), 'too_large')
    const smallOrder = sealed.slice()
    smallOrder.fill(0, 49, 81)
    await expectRefusal(open(smallOrder, bob), 'invalid_key_agreement')
  })

  it('a certificate that expired, was revoked or is nobody’s, and what this device sent itself', async () => {
    const sealed = cut(await seal(), bob)
    const options = {
      identity: bob.identity,
      local: { serviceId: bob.serviceId, deviceId: bob.deviceId },
      trustRoots: [authority.trustRootKey],
      receivedAtMs: RECEIVED_AT_MS,
    }
    await expectRefusal(
      sealedSenderOpen(sealed, { ...options, receivedAtMs: EXPIRES_AT_MS + 1 }),
      'sender_certificate_expired',
    )
    await expectRefusal(
      sealedSenderOpen(sealed, { ...options, revokedServerKeyIds: new Set([1]) }),
      'server_certificate_revoked',
    )
    await expectRefusal(
      sealedSenderOpen(sealed, { ...options, trustRoots: [new Authority().trustRootKey] }),
      'sender_certificate_untrusted',
    )
    const local = { serviceId: alice.serviceId, deviceId: alice.deviceId }
    await expectRefusal(sealedSenderOpen(sealed, { ...options, local }), 'self_send')
    const linked = { serviceId: alice.serviceId, deviceId: 7 }
    expect((await sealedSenderOpen(sealed, { ...options, local: linked })).sender.senderDeviceId).toBe(2)
  })

  it('recipients that nobody could deliver to', async () => {
    const one = recipient(bob)
    const cases: [Partial<MultiRecipientSealInput>, CryptoErrorCode][] = [
      [{ recipients: [] }, 'invalid_argument'],
      [{ recipients: [one, one] }, 'invalid_argument'],
      [{ recipients: [one], excludedAccountIds: [one.accountId] }, 'invalid_argument'],
      [{ recipients: [{ ...one, accountId: one.accountId.toUpperCase() }] }, 'invalid_argument'],
      [{ recipients: [{ ...one, devices: [] }] }, 'invalid_argument'],
      [{ recipients: [{ ...one, devices: [...one.devices, ...one.devices] }] }, 'invalid_argument'],
      [{ recipients: [{ ...one, devices: [{ deviceId: 0, registrationId: 1 }] }] }, 'invalid_argument'],
      [{ recipients: [{ ...one, devices: [{ deviceId: 128, registrationId: 1 }] }] }, 'invalid_argument'],
      [
        { recipients: [{ ...one, devices: [{ deviceId: 1, registrationId: 0x4000 }] }] },
        'invalid_registration_id',
      ],
      [{ recipients: [{ ...one, identityKey: one.identityKey.subarray(1) }] }, 'invalid_key'],
      [
        { recipients: [{ ...one, identityKey: concatBytes(Uint8Array.of(5), new Uint8Array(32)) }] },
        'invalid_key_agreement',
      ],
      [{ excludedAccountIds: Array.from({ length: MAX_RECIPIENTS }, () => one.accountId) }, 'too_large'],
      [{ message: { type: 7, body: new Uint8Array(MAX_SEALED_LENGTH) } }, 'too_large'],
    ]
    for (const [changes, code] of cases) await expectRefusal(seal(changes), code)
  })

  it('a sender whose certificate names another key', async () => {
    const thief = generateKeyPair()
    const upload = await seal({ senderIdentity: thief })
    await expectRefusal(open(cut(upload, bob), bob), 'sender_key_mismatch')
  })
})
