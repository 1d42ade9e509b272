/**
 * AES-256 in CBC mode with PKCS#7 padding and in CTR mode (NIST SP 800-38A).
 *
 * Neither authenticates: the callers verify a MAC before they decrypt.
 */
import { cbc, ctr } from '@noble/ciphers/aes.js'
import { CryptoError } from '../errors.ts'

/** @param key 32 bytes @param iv 16 bytes @returns ciphertext, a multiple of 16 bytes */
export function encryptAesCbc(key: Uint8Array, iv: Uint8Array, plaintext: Uint8Array): Uint8Array {
  requireKeyAndIv(key, iv)
  return cbc(key, iv).encrypt(plaintext)
}

/** @throws CryptoError `invalid_ciphertext` on a wrong length or padding. */
export function decryptAesCbc(key: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array): Uint8Array {
  requireKeyAndIv(key, iv)
  if (ciphertext.length === 0 || ciphertext.length % 16 !== 0) {
    throw new CryptoError('invalid_ciphertext', 'ciphertext is not a whole number of blocks')
  }
  try {
    return cbc(key, iv).decrypt(ciphertext)
  } catch {
    throw new CryptoError('invalid_ciphertext', 'ciphertext does not decrypt')
  }
}

/** Applies the CTR key stream, in either direction. @param key 32 bytes @param counter 16 bytes, the first block */
export function applyAesCtr(key: Uint8Array, counter: Uint8Array, data: Uint8Array): Uint8Array {
  requireKeyAndIv(key, counter)
  return ctr(key, counter).encrypt(data)
}

function requireKeyAndIv(key: Uint8Array, iv: Uint8Array): void {
  if (key.length !== 32 || iv.length !== 16) {
    throw new CryptoError('invalid_argument', 'AES key is 32 bytes and its initial block 16')
  }
}
