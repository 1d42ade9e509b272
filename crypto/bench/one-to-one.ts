/** What a client needs for sessions between two devices: its size is measured. */
export {
  archiveCurrentSession,
  CryptoError,
  decryptMessage,
  encryptMessage,
  generateIdentityKeyPair,
  generateKyberPreKeyRecord,
  generatePreKeyRecord,
  generateRegistrationId,
  generateSignedPreKeyRecord,
  hasUsableSession,
  processPreKeyBundle,
  remoteIdentityKey,
  remoteRegistrationId,
} from '../src/index.ts'
