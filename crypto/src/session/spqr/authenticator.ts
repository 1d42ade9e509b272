/**
 * Keys that authenticate what the braid exchanges in the clear: its key header and its ciphertext, per epoch.
 *
 * Source: Signal's ML-KEM Braid specification, authenticator; SparsePostQuantumRatchet `src/authenticator.rs`.
 */
import { concatBytes, utf8ToBytes } from '../../primitives/bytes.ts'
import { hkdfSha256, hmacSha256 } from '../../primitives/hash.ts'

const PROTOCOL = 'Signal_PQCKA_V1_MLKEM768:'
const LABEL_UPDATE = utf8ToBytes(`${PROTOCOL}Authenticator Update`)
const LABEL_CIPHERTEXT = utf8ToBytes(`${PROTOCOL}ciphertext`)
const LABEL_HEADER = utf8ToBytes(`${PROTOCOL}ekheader`)
const LABEL_EPOCH_SECRET = utf8ToBytes(`${PROTOCOL}SCKA Key`)
const ZERO_SALT = new Uint8Array(32)

export const AUTHENTICATION_TAG_LENGTH = 32

export interface Authenticator {
  /** 32 bytes. */
  readonly rootKey: Uint8Array
  /** 32 bytes. */
  readonly macKey: Uint8Array
}

/** @param initialKey 32 bytes from the handshake */
export function createAuthenticator(initialKey: Uint8Array, epoch: number): Authenticator {
  return updateAuthenticator({ rootKey: new Uint8Array(32), macKey: new Uint8Array(32) }, epoch, initialKey)
}

export function updateAuthenticator(
  current: Authenticator,
  epoch: number,
  secret: Uint8Array,
): Authenticator {
  const keys = hkdfSha256(
    concatBytes(current.rootKey, secret),
    ZERO_SALT,
    concatBytes(LABEL_UPDATE, epochBytes(epoch)),
    64,
  )
  return { rootKey: keys.slice(0, 32), macKey: keys.slice(32) }
}

/** 32 bytes over both ciphertext parts. */
export function authenticateCiphertext(by: Authenticator, epoch: number, ciphertext: Uint8Array): Uint8Array {
  return hmacSha256(by.macKey, LABEL_CIPHERTEXT, epochBytes(epoch), ciphertext)
}

/** 32 bytes over the 64-byte key header. */
export function authenticateHeader(by: Authenticator, epoch: number, header: Uint8Array): Uint8Array {
  return hmacSha256(by.macKey, LABEL_HEADER, epochBytes(epoch), header)
}

/** The epoch's 32-byte secret from a KEM shared secret. */
export function deriveEpochSecret(sharedSecret: Uint8Array, epoch: number): Uint8Array {
  return hkdfSha256(sharedSecret, ZERO_SALT, concatBytes(LABEL_EPOCH_SECRET, epochBytes(epoch)), 32)
}

// 8 bytes, most significant first
function epochBytes(epoch: number): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(epoch))
  return bytes
}
