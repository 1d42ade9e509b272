/**
 * Opening a session: from a prekey bundle (as initiator) and from a prekey message (as recipient).
 *
 * Source: libsignal `rust/protocol/src/session.rs` and `ratchet.rs`.
 */
import { CryptoError } from '../errors.ts'
import { type ProtocolAddress, requireAddress } from '../identity/address.ts'
import {
  type PreKeyBundle,
  readKyberPreKeyRecord,
  readPreKeyRecord,
  readSignedPreKeyRecord,
  requirePreKeyId,
} from '../identity/prekeys.ts'
import { type KeyPair, parseCanonicalKey } from '../primitives/curve.ts'
import { makeKeyPair } from '../primitives/key-agreement.ts'
import { checkSignature } from '../primitives/signature-check.ts'
import type { ProtocolStores } from '../stores.ts'
import { MESSAGE_VERSION } from '../wire/ciphertext-message.ts'
import type { PreKeySignalMessage } from '../wire/prekey-message.ts'
import { stepRootKey } from './message-keys.ts'
import { acceptHandshake, type HandshakeKeys, initiateHandshake } from './pqxdh.ts'
import { decodeSessionRecord, encodeSessionRecord } from './session-codec.ts'
import { EMPTY_RECORD, promoteSession } from './session-record.ts'
import { MAX_FORWARD_JUMP, MAX_KEPT_KEYS, type SessionState } from './session-state.ts'
import type { ChainLimits } from './spqr/key-chain.ts'
import { startSpqr } from './spqr/spqr.ts'
import { type Endpoints, isSelfSession } from './triple-ratchet.ts'

const UNLIMITED_JUMP = 0xffff_ffff

/**
 * Opens a session from what the relay gave out about a device. An existing session goes to the archive.
 *
 * @throws CryptoError `untrusted_identity`, `bad_prekey_signature`, `device_mismatch`, `invalid_key`,
 *   `invalid_key_agreement`, `invalid_argument`; nothing is stored then
 */
export async function processPreKeyBundle(
  bundle: PreKeyBundle,
  remote: ProtocolAddress,
  local: ProtocolAddress,
  stores: ProtocolStores,
  nowMs: number,
): Promise<void> {
  requireAddress(remote)
  requireAddress(local)
  const { identityKey } = bundle
  if (!(await stores.isTrustedIdentity(remote, identityKey, 'sending'))) {
    throw new CryptoError('untrusted_identity', 'identity key is not trusted')
  }
  await requireBundle(bundle, remote)
  const ourIdentity = await stores.getIdentityKeyPair()
  const localRegistrationId = await stores.getLocalRegistrationId()
  const session = await initiatorSession(bundle, ourIdentity, { local, remote }, nowMs)
  const stored = await stores.loadSession(remote)
  const record = stored ? decodeSessionRecord(stored) : EMPTY_RECORD
  const promoted = promoteSession(record, { ...session, localRegistrationId })
  await stores.saveIdentity(remote, identityKey)
  await stores.storeSession(remote, encodeSessionRecord(promoted))
}

/** The recipient's new session, and which of its prekeys it used. @throws as `acceptHandshake`, `unknown_…` */
export async function recipientSession(
  message: PreKeySignalMessage,
  endpoints: Endpoints,
  stores: ProtocolStores,
): Promise<SessionState> {
  const ourIdentity = await stores.getIdentityKeyPair()
  const ourSignedPreKey = await loadSignedPreKey(stores, message.signedPreKeyId)
  const keys = await acceptHandshake({
    ourIdentity,
    ourSignedPreKey,
    ourPreKey: await loadPreKey(stores, message.preKeyId),
    ourKyberPreKey: await loadKyberPreKey(stores, message.kyberPreKeyId),
    theirIdentity: message.identityKey,
    theirBaseKey: message.baseKey,
    kyberCiphertext: message.kyberCiphertext,
  })
  const identities = { localIdentity: ourIdentity.publicKey, remoteIdentity: message.identityKey }
  return {
    version: MESSAGE_VERSION,
    ...identities,
    rootKey: keys.rootKey,
    previousCounter: 0,
    // the signed prekey is the recipient's first ratchet key
    senderChain: {
      ratchetKey: ourSignedPreKey.publicKey,
      ratchetPrivateKey: ourSignedPreKey.privateKey,
      chainKey: { index: 0, key: keys.chainKey },
    },
    receiverChains: [],
    remoteRegistrationId: message.registrationId,
    localRegistrationId: await stores.getLocalRegistrationId(),
    baseKey: message.baseKey,
    pqRatchet: startPqRatchet(keys, 'b-to-a', isSelfSession(identities, endpoints)),
  }
}

async function initiatorSession(
  bundle: PreKeyBundle,
  ourIdentity: KeyPair,
  endpoints: Endpoints,
  nowMs: number,
): Promise<SessionState> {
  const ourBaseKey = await makeKeyPair()
  const theirSignedPreKey = bundle.signedPreKey.publicKey
  const { keys, kyberCiphertext } = await initiateHandshake({
    ourIdentity,
    ourBaseKey,
    theirIdentity: bundle.identityKey,
    theirSignedPreKey,
    theirPreKey: bundle.preKey?.publicKey,
    theirKyberPreKey: bundle.kyberPreKey.publicKey,
  })
  const ratchet = await makeKeyPair()
  const sending = await stepRootKey(keys.rootKey, theirSignedPreKey, ratchet)
  const identities = { localIdentity: ourIdentity.publicKey, remoteIdentity: bundle.identityKey }
  return {
    version: MESSAGE_VERSION,
    ...identities,
    rootKey: sending.rootKey,
    previousCounter: 0,
    senderChain: {
      ratchetKey: ratchet.publicKey,
      ratchetPrivateKey: ratchet.privateKey,
      chainKey: sending.chainKey,
    },
    // the recipient may answer under its signed prekey before it has stepped
    receiverChains: [
      { ratchetKey: theirSignedPreKey, chainKey: { index: 0, key: keys.chainKey }, keptKeys: [] },
    ],
    pendingPreKey: {
      preKeyId: bundle.preKey?.id,
      signedPreKeyId: bundle.signedPreKey.id,
      baseKey: ourBaseKey.publicKey,
      createdAtSeconds: Math.max(0, Math.floor(nowMs / 1000)),
    },
    pendingKyberPreKey: { preKeyId: bundle.kyberPreKey.id, ciphertext: kyberCiphertext },
    remoteRegistrationId: bundle.registrationId,
    localRegistrationId: 0,
    baseKey: ourBaseKey.publicKey,
    pqRatchet: startPqRatchet(keys, 'a-to-b', isSelfSession(identities, endpoints)),
  }
}

function startPqRatchet(
  { pqRatchetKey }: HandshakeKeys,
  direction: 'a-to-b' | 'b-to-a',
  selfSession: boolean,
): Uint8Array {
  const limits: ChainLimits = {
    maxJump: selfSession ? UNLIMITED_JUMP : MAX_FORWARD_JUMP,
    maxKeptKeys: MAX_KEPT_KEYS,
  }
  return startSpqr({ initialKey: pqRatchetKey, direction, limits })
}

async function requireBundle(bundle: PreKeyBundle, remote: ProtocolAddress): Promise<void> {
  const { identityKey, signedPreKey, kyberPreKey, preKey } = bundle
  for (const key of [identityKey, signedPreKey.publicKey, ...(preKey ? [preKey.publicKey] : [])]) {
    parseCanonicalKey(key)
  }
  if (bundle.deviceId !== remote.deviceId) {
    throw new CryptoError('device_mismatch', 'bundle is of another device')
  }
  for (const key of [signedPreKey, kyberPreKey]) {
    requirePreKeyId(key.id)
    if (!(await checkSignature(identityKey, key.publicKey, key.signature))) {
      throw new CryptoError('bad_prekey_signature', 'prekey is not signed by the identity key')
    }
  }
  if (preKey) requirePreKeyId(preKey.id)
}

async function loadPreKey(stores: ProtocolStores, id: number | undefined): Promise<KeyPair | undefined> {
  if (id === undefined) return undefined
  const record = await stores.loadPreKey(id)
  if (!record) throw new CryptoError('unknown_prekey', 'one-time prekey is not held')
  return readPreKeyRecord(record)
}

async function loadSignedPreKey(stores: ProtocolStores, id: number): Promise<KeyPair> {
  const record = await stores.loadSignedPreKey(id)
  if (!record) throw new CryptoError('unknown_signed_prekey', 'signed prekey is not held')
  return readSignedPreKeyRecord(record)
}

async function loadKyberPreKey(stores: ProtocolStores, id: number) {
  const record = await stores.loadKyberPreKey(id)
  if (!record) throw new CryptoError('unknown_kyber_prekey', 'Kyber prekey is not held')
  return readKyberPreKeyRecord(record)
}
