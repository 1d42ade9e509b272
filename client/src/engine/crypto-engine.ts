/** `SessionEngine` on this repository's `crypto`: for browsers, and the default in Node. */
import {
  archiveCurrentSession,
  CONTENT_HINT,
  CryptoError,
  compareSafetyNumber,
  computeSafetyNumber,
  decryptMessage,
  describeFailure,
  encryptMessage,
  fromPlaintextContent,
  generateIdentityKeyPair,
  generateKyberPreKeyRecord,
  generatePreKeyRecord,
  generateRegistrationId,
  generateSignedPreKeyRecord,
  hasUsableSession,
  processPreKeyBundle,
  remoteRegistrationId,
  type SignedPublicPreKey as SignedKey,
  sealedSenderEncrypt,
  sealedSenderOpen,
  sessionRatchetKeyMatches,
  toPlaintextContent,
} from '@pli/crypto'
import { owned } from './owned.ts'
import { refusalOf } from './refusals.ts'
import type { SessionEngine, SignedPublicPreKey, Unsealed } from './session-engine.ts'

export function createCryptoEngine(): SessionEngine {
  return {
    generateIdentityKeyPair,
    generateRegistrationId,
    generatePreKey: async (id) => {
      const { record, public: made } = await generatePreKeyRecord(id)
      return { record, public: { id, publicKey: owned(made.publicKey) } }
    },
    generateSignedPreKey: async (id, identity, nowMs) => {
      const { record, public: made } = await generateSignedPreKeyRecord(id, identity, nowMs)
      return { record, public: ownedKey(made) }
    },
    generateKyberPreKey: async (id, identity, nowMs) => {
      const { record, public: made } = await generateKyberPreKeyRecord(id, identity, nowMs)
      return { record, public: ownedKey(made) }
    },
    processBundle,
    hasUsableSession,
    remoteRegistrationId: (record) => attempt(() => remoteRegistrationId(record)),
    archiveSession: archiveCurrentSession,
    ratchetKeyMatches: sessionRatchetKeyMatches,
    seal,
    unseal,
    decrypt,
    readRetryRequest,
    buildRetryRequest,
    sealRetryRequest: ({ request, recipientIdentityKey, identity, senderCertificate }) =>
      sealedSenderEncrypt({
        message: { type: 8, body: request },
        senderCertificate,
        contentHint: CONTENT_HINT.implicit,
        recipientIdentityKey,
        senderIdentity: identity,
      }),
    safetyNumber: computeSafetyNumber,
    compareSafetyNumber: compare,
  }
}

const processBundle: SessionEngine['processBundle'] = async (bundle, { remote, local, stores }, nowMs) => {
  try {
    await processPreKeyBundle(bundle, remote, local, stores, nowMs)
    return { ok: true, value: undefined }
  } catch (error) {
    return refusalOf(error, 'refused_bundle')
  }
}

const seal: SessionEngine['seal'] = async (input) => {
  const { remote, local, stores } = input
  try {
    const message = await encryptMessage(input.plaintext, remote, local, stores, input.nowMs)
    const recipientIdentityKey = await stores.getIdentity(remote)
    if (recipientIdentityKey === undefined) {
      return { ok: false, reason: 'untrusted_identity', detail: 'unknown_identity' }
    }
    const sealed = await sealedSenderEncrypt({
      message,
      senderCertificate: input.senderCertificate,
      contentHint: CONTENT_HINT[input.contentHint],
      recipientIdentityKey,
      senderIdentity: await stores.getIdentityKeyPair(),
    })
    return { ok: true, value: sealed }
  } catch (error) {
    return refusalOf(error, 'no_session')
  }
}

const unseal: SessionEngine['unseal'] = async (sealed, context) => {
  try {
    const { sender, message, contentHint } = await sealedSenderOpen(sealed, context)
    if (message.type === 7) return { ok: false, reason: 'malformed', detail: 'message_type' }
    return {
      ok: true,
      value: {
        sender: { serviceId: sender.senderUuid, deviceId: sender.senderDeviceId },
        senderIdentityKey: sender.senderIdentityKey,
        messageType: message.type,
        body: message.body,
        contentHint: hintOf(contentHint),
      },
    }
  } catch (error) {
    return refusalOf(error, 'malformed')
  }
}

function hintOf(hint: number): Unsealed['contentHint'] {
  if (hint === CONTENT_HINT.resendable) return 'resendable'
  return hint === CONTENT_HINT.implicit ? 'implicit' : 'default'
}

const decrypt: SessionEngine['decrypt'] = async (unsealed, { local, stores }) => {
  if (unsealed.messageType === 8) return { ok: false, reason: 'malformed', detail: 'message_type' }
  const message = { type: unsealed.messageType, body: unsealed.body }
  try {
    return { ok: true, value: await decryptMessage(message, unsealed.sender, local, stores) }
  } catch (error) {
    return refusalOf(error, 'undecryptable')
  }
}

const readRetryRequest: SessionEngine['readRetryRequest'] = (unsealed) => {
  try {
    return { ok: true, value: fromPlaintextContent(unsealed.body) }
  } catch (error) {
    return refusalOf(error, 'malformed')
  }
}

const buildRetryRequest: SessionEngine['buildRetryRequest'] = (failed, receivedAtMs) =>
  attempt(() => {
    const failure = describeFailure({
      type: failed.messageType,
      body: failed.body,
      timestampMs: receivedAtMs,
      senderDeviceId: failed.sender.deviceId,
    })
    return toPlaintextContent(failure).body
  })

const compare: SessionEngine['compareSafetyNumber'] = (ours, scanned) => {
  try {
    return compareSafetyNumber(ours, scanned)
  } catch (error) {
    return error instanceof CryptoError && error.code === 'fingerprint_version' ? 'version' : 'unreadable'
  }
}

function ownedKey({ id, publicKey, signature }: SignedKey): SignedPublicPreKey {
  return { id, publicKey: owned(publicKey), signature: owned(signature) }
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch (error) {
    if (error instanceof CryptoError) return undefined
    throw error
  }
}
