/**
 * `SessionEngine` on libsignal's native library, for Node endpoints that want the reference implementation.
 * Never reachable from a browser bundle. Not concerned with storage or transport.
 */
import {
  CiphertextMessage,
  CiphertextMessageType,
  DecryptionErrorMessage,
  ContentHint as NativeHint,
  PlaintextContent,
  PreKeySignalMessage,
  PublicKey,
  SenderCertificate,
  SessionRecord,
  SignalMessage,
  sealedSenderDecryptToUsmc,
  sealedSenderEncrypt,
  signalDecrypt,
  signalDecryptPreKey,
  signalEncrypt,
  UnidentifiedSenderMessageContent,
} from '@signalapp/libsignal-client'
import { owned } from '../engine/owned.ts'
import type {
  ContentHint,
  EngineResult,
  KeyPair,
  SealedMessageInput,
  SessionEngine,
  Unsealed,
} from '../engine/session-engine.ts'
import { processNativeBundle } from './native-bundle.ts'
import { compareNativeSafetyNumber, nativeSafetyNumber } from './native-fingerprint.ts'
import { nativeKeys } from './native-keys.ts'
import { refusalOf } from './native-refusals.ts'
import { nativeStores } from './native-stores.ts'
import { nativeAddress, onlyIdentity } from './native-values.ts'

export function createNativeEngine(): SessionEngine {
  return {
    ...nativeKeys,
    processBundle: processNativeBundle,
    hasUsableSession: (record, nowMs) =>
      SessionRecord.deserialize(owned(record)).hasCurrentState(new Date(nowMs)),
    remoteRegistrationId: (record) =>
      attempt(() => SessionRecord.deserialize(owned(record)).remoteRegistrationId()),
    archiveSession: (record) => {
      const session = SessionRecord.deserialize(owned(record))
      session.archiveCurrentState()
      return session.serialize()
    },
    ratchetKeyMatches: (record, ratchetKey) =>
      attempt(() =>
        SessionRecord.deserialize(owned(record)).currentRatchetKeyMatches(
          PublicKey.deserialize(owned(ratchetKey)),
        ),
      ) ?? false,
    seal,
    unseal,
    decrypt,
    readRetryRequest,
    buildRetryRequest,
    sealRetryRequest: ({ request, recipientIdentityKey, identity, senderCertificate }) =>
      sealFor(
        CiphertextMessage.from(PlaintextContent.deserialize(owned(request))),
        senderCertificate,
        'implicit',
        identity,
        recipientIdentityKey,
      ),
    safetyNumber: async (local, remote) => nativeSafetyNumber(local, remote),
    compareSafetyNumber: compareNativeSafetyNumber,
  }
}

async function seal(input: SealedMessageInput): Promise<EngineResult<Uint8Array>> {
  const { identities, sessions } = nativeStores(input.stores)
  try {
    const message = await signalEncrypt(
      owned(input.plaintext),
      nativeAddress(input.remote),
      nativeAddress(input.local),
      sessions,
      identities,
      new Date(input.nowMs),
    )
    const recipient = await input.stores.getIdentity(input.remote)
    if (recipient === undefined)
      return { ok: false, reason: 'untrusted_identity', detail: 'unknown_identity' }
    const identity = await input.stores.getIdentityKeyPair()
    const sealed = await sealFor(message, input.senderCertificate, input.contentHint, identity, recipient)
    return { ok: true, value: sealed }
  } catch (error) {
    return refusalOf(error, 'no_session')
  }
}

async function sealFor(
  message: CiphertextMessage,
  senderCertificate: Uint8Array,
  hint: ContentHint,
  identity: KeyPair,
  recipientIdentityKey: Uint8Array,
): Promise<Uint8Array> {
  const content = UnidentifiedSenderMessageContent.new(
    message,
    SenderCertificate.deserialize(owned(senderCertificate)),
    hint === 'resendable' ? NativeHint.Resendable : NativeHint.Implicit,
    null,
  )
  const { store, address } = onlyIdentity(identity, recipientIdentityKey)
  return sealedSenderEncrypt(content, address, store)
}

const unseal: SessionEngine['unseal'] = async (sealed, { identity, local, trustRoots, receivedAtMs }) => {
  try {
    const { store } = onlyIdentity(identity)
    const content = await sealedSenderDecryptToUsmc(owned(sealed), store)
    const certificate = content.senderCertificate()
    const roots = trustRoots.map((root) => PublicKey.deserialize(owned(root)))
    if (!certificate.validateWithTrustRoots(roots, receivedAtMs)) {
      return { ok: false, reason: 'certificate', detail: 'sender_certificate_refused' }
    }
    const sender = { serviceId: certificate.senderUuid(), deviceId: certificate.senderDeviceId() }
    if (sender.serviceId === local.serviceId && sender.deviceId === local.deviceId) {
      return { ok: false, reason: 'self_send', detail: 'self_send' }
    }
    const messageType = content.msgType()
    if (messageType !== 2 && messageType !== 3 && messageType !== 8) {
      return { ok: false, reason: 'malformed', detail: 'message_type' }
    }
    return {
      ok: true,
      value: {
        sender,
        senderIdentityKey: certificate.key().serialize(),
        messageType,
        body: content.contents(),
        contentHint: hintOf(content.contentHint()),
      },
    }
  } catch (error) {
    return refusalOf(error, 'malformed')
  }
}

function hintOf(hint: number): Unsealed['contentHint'] {
  if (hint === NativeHint.Resendable) return 'resendable'
  return hint === NativeHint.Implicit ? 'implicit' : 'default'
}

const decrypt: SessionEngine['decrypt'] = async (unsealed, { local, stores }) => {
  const { identities, sessions, preKeys, signedPreKeys, kyberPreKeys } = nativeStores(stores)
  const ends = [nativeAddress(unsealed.sender), nativeAddress(local), sessions, identities] as const
  try {
    const plaintext =
      unsealed.messageType === 3
        ? await signalDecryptPreKey(
            PreKeySignalMessage.deserialize(owned(unsealed.body)),
            ...ends,
            preKeys,
            signedPreKeys,
            kyberPreKeys,
          )
        : await signalDecrypt(SignalMessage.deserialize(owned(unsealed.body)), ...ends)
    return { ok: true, value: plaintext }
  } catch (error) {
    return refusalOf(error, 'undecryptable')
  }
}

const readRetryRequest: SessionEngine['readRetryRequest'] = (unsealed) => {
  try {
    const request = DecryptionErrorMessage.extractFromSerializedBody(
      PlaintextContent.deserialize(owned(unsealed.body)).body(),
    )
    return {
      ok: true,
      value: {
        ratchetKey: request.ratchetKey()?.serialize(),
        timestampMs: request.timestamp(),
        deviceId: request.deviceId(),
      },
    }
  } catch (error) {
    return refusalOf(error, 'malformed')
  }
}

const buildRetryRequest: SessionEngine['buildRetryRequest'] = (failed, receivedAtMs) =>
  attempt(() => {
    const type = failed.messageType === 3 ? CiphertextMessageType.PreKey : CiphertextMessageType.Whisper
    const request = DecryptionErrorMessage.forOriginal(
      owned(failed.body),
      type,
      receivedAtMs,
      failed.sender.deviceId,
    )
    return PlaintextContent.from(request).serialize()
  })

function attempt<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}
