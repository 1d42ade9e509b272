/**
 * The Signal protocol for browsers and Node, byte-compatible with libsignal 0.103.0. Pure functions over serialisable
 * state: no network, no storage, no clock of its own.
 */

export * from './attachment/index.ts'
export * from './backup/index.ts'
export { CryptoError, type CryptoErrorCode } from './errors.ts'
export * from './fingerprint/index.ts'
export * from './group/index.ts'
export { MAX_DEVICE_ID, type ProtocolAddress } from './identity/address.ts'
export { generateIdentityKeyPair, generateRegistrationId, sign, verify } from './identity/identity-keys.ts'
export {
  type GeneratedPreKey,
  generateKyberPreKeyRecord,
  generatePreKeyRecord,
  generateSignedPreKeyRecord,
  MAX_PREKEY_ID,
  type PreKeyBundle,
  type PublicPreKey,
  type SignedPublicPreKey,
} from './identity/prekeys.ts'
export { generateKeyPair, type KeyPair } from './primitives/curve.ts'
export * from './provisioning/index.ts'
export * from './records/index.ts'
export * from './retry/index.ts'
export * from './sealed-sender/index.ts'
export { decryptMessage } from './session/decrypt.ts'
export { encryptMessage } from './session/encrypt.ts'
export { exportSession, type ImportOptions, importSession } from './session/move-session.ts'
export { processPreKeyBundle } from './session/open-session.ts'
export {
  archiveCurrentSession,
  hasUsableSession,
  remoteIdentityKey,
  remoteRegistrationId,
  sessionRatchetKeyMatches,
} from './session/session-record.ts'
export type {
  IdentityKeyStore,
  KyberPreKeyStore,
  PreKeyStore,
  ProtocolStores,
  SenderKeyStore,
  SessionStore,
  SignedPreKeyStore,
} from './stores.ts'
export type { CiphertextMessage } from './wire/ciphertext-message.ts'
export { MAX_MESSAGE_LENGTH, MAX_PLAINTEXT_LENGTH } from './wire/limits.ts'
