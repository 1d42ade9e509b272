/**
 * Kyber1024 as the third NIST round had it, in libsignal's serialised form: public keys and ciphertexts carry the type
 * byte 0x08 first (1569 bytes each); secret keys carry it too (3169 bytes).
 *
 * Source: CRYSTALS-Kyber 3.02. The lattice part equals ML-KEM-1024 (FIPS 203); round 3 differs in that the random
 * message is hashed first and that the shared secret is SHAKE256(K̄ ‖ SHA3-256(ciphertext)), 32 bytes.
 *
 * Not concerned with the ratchet's ML-KEM-768: see `ml-kem-768-incremental.ts`.
 */
import { sha3_256, shake256 } from '@noble/hashes/sha3.js'
import { ml_kem1024 } from '@noble/post-quantum/ml-kem.js'
import { CryptoError } from '../errors.ts'
import { concatBytes, randomBytes, wipe } from './bytes.ts'

const KYBER_TYPE = 0x08
export const KYBER_PUBLIC_KEY_LENGTH = 1 + 1568
export const KYBER_SECRET_KEY_LENGTH = 1 + 3168
export const KYBER_CIPHERTEXT_LENGTH = 1 + 1568

export interface KyberKeyPair {
  /** 1569 bytes, 0x08 first. */
  readonly publicKey: Uint8Array
  /** 3169 bytes, 0x08 first. */
  readonly secretKey: Uint8Array
}

export function generateKyberKeyPair(): KyberKeyPair {
  const { publicKey, secretKey } = ml_kem1024.keygen(randomBytes(64))
  return { publicKey: withType(publicKey), secretKey: withType(secretKey) }
}

/**
 * @returns the ciphertext (1569 bytes, 0x08 first) and the shared secret (32 bytes)
 * @throws CryptoError `invalid_key` on a wrong type, length, or a coefficient that is not reduced
 */
export function encapsulateKyber(publicKey: Uint8Array): {
  ciphertext: Uint8Array
  sharedSecret: Uint8Array
} {
  requireForm(publicKey, KYBER_PUBLIC_KEY_LENGTH)
  // round 3 hashes the random message so that the generator's own output never travels
  const random = randomBytes(32)
  const message = sha3_256(random)
  wipe(random)
  try {
    const { cipherText, sharedSecret } = ml_kem1024.encapsulate(publicKey.subarray(1), message)
    return { ciphertext: withType(cipherText), sharedSecret: roundThreeSecret(sharedSecret, cipherText) }
  } catch {
    throw new CryptoError('invalid_key', 'Kyber public key is not canonical')
  }
}

/**
 * The shared secret, 32 bytes. A ciphertext that was tampered with gives an unrelated secret, not an error.
 *
 * @throws CryptoError `invalid_key` or `invalid_ciphertext` on a wrong type or length
 */
export function decapsulateKyber(secretKey: Uint8Array, ciphertext: Uint8Array): Uint8Array {
  requireForm(secretKey, KYBER_SECRET_KEY_LENGTH)
  requireKyberCiphertext(ciphertext)
  const raw = ciphertext.subarray(1)
  try {
    return roundThreeSecret(ml_kem1024.decapsulate(raw, secretKey.subarray(1)), raw)
  } catch {
    throw new CryptoError('invalid_key', 'Kyber secret key is damaged')
  }
}

/** @throws CryptoError `invalid_ciphertext` on a wrong type or length. */
export function requireKyberCiphertext(ciphertext: Uint8Array): void {
  if (ciphertext.length !== KYBER_CIPHERTEXT_LENGTH || ciphertext[0] !== KYBER_TYPE) {
    throw new CryptoError('invalid_ciphertext', 'Kyber ciphertext has the wrong type or length')
  }
}

/** @throws CryptoError `invalid_key` on a wrong type or length. */
export function requireKyberPublicKey(publicKey: Uint8Array): void {
  requireForm(publicKey, KYBER_PUBLIC_KEY_LENGTH)
}

function roundThreeSecret(preSecret: Uint8Array, ciphertext: Uint8Array): Uint8Array {
  return shake256(concatBytes(preSecret, sha3_256(ciphertext)), { dkLen: 32 })
}

function withType(raw: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.of(KYBER_TYPE), raw)
}

function requireForm(key: Uint8Array, length: number): void {
  if (key.length !== length || key[0] !== KYBER_TYPE) {
    throw new CryptoError('invalid_key', 'Kyber key has the wrong type or length')
  }
}
