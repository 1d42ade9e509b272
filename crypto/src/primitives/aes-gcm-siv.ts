/**
 * AES-256-GCM-SIV (RFC 8452) under keys that are used once: the nonce is all zero and nothing is authenticated besides.
 *
 * Not concerned with where a one-use key comes from: see `sealed-sender/multi-recipient-keys.ts`.
 */
import { gcmsiv } from '@noble/ciphers/aes.js'
import { CryptoError } from '../errors.ts'

export const GCM_SIV_TAG_LENGTH = 16
const NONCE = new Uint8Array(12)

/** @param key 32 bytes, never used before @returns ciphertext and a tag of 16 bytes */
export function encryptOnce(key: Uint8Array, plaintext: Uint8Array): Uint8Array {
  requireKey(key)
  return gcmsiv(key, NONCE).encrypt(plaintext)
}

/** @param key 32 bytes @throws CryptoError `bad_mac`, also when there is no room for a tag */
export function decryptOnce(key: Uint8Array, sealed: Uint8Array): Uint8Array {
  requireKey(key)
  try {
    return gcmsiv(key, NONCE).decrypt(sealed)
  } catch {
    throw new CryptoError('bad_mac', 'a sealed message failed its authentication')
  }
}

function requireKey(key: Uint8Array): void {
  if (key.length !== 32) throw new CryptoError('invalid_argument', 'AES key is 32 bytes')
}
