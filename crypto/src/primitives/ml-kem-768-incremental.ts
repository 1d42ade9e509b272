/**
 * ML-KEM-768 in two steps, as the post-quantum ratchet sends it: the first ciphertext part needs only a 64-byte header
 * of the public key, the second part needs the rest.
 *
 * Byte layouts (all as libcrux and therefore libsignal have them):
 * - header, 64 bytes: ρ (32) ‖ SHA3-256(encapsulation key) (32)
 * - key vector, 1152 bytes: the encapsulation key without ρ
 * - decapsulation key, 2400 bytes: FIPS 203's own form
 * - ciphertext part 1, 960 bytes: u; part 2, 128 bytes: v
 * - encapsulation state, 2080 bytes: y transformed (3 × 256 signed 16-bit little-endian) ‖ e2 (256 of the same) ‖ m (32)
 *
 * Source: FIPS 203 algorithms 14 and 17; Signal's ML-KEM Braid specification, "ML-KEM as an incremental KEM".
 */
import { sha3_256, sha3_512 } from '@noble/hashes/sha3.js'
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js'
import { CryptoError } from '../errors.ts'
import { bytesEqual, concatBytes, randomBytes } from './bytes.ts'
import {
  addInto,
  addProductInto,
  COEFFICIENTS,
  compressAndPack,
  MODULUS,
  newPolynomial,
  type Polynomial,
  polynomialFromMessage,
  sampleSmall,
  sampleUniform,
  transform,
  transformBack,
  unpackTwelveBits,
} from './ml-kem-polynomial.ts'

export const HEADER_LENGTH = 64
export const KEY_VECTOR_LENGTH = 1152
export const DECAPSULATION_KEY_LENGTH = 2400
export const CIPHERTEXT_1_LENGTH = 960
export const CIPHERTEXT_2_LENGTH = 128
export const ENCAPSULATION_STATE_LENGTH = 2080

const RANK = 3
const POLYNOMIAL_BYTES = 2 * COEFFICIENTS

export interface IncrementalKeys {
  readonly header: Uint8Array
  readonly keyVector: Uint8Array
  readonly decapsulationKey: Uint8Array
}

/** @param seed 64 fresh random bytes; passed in only by tests with known answers */
export function generateIncrementalKeys(seed: Uint8Array = randomBytes(64)): IncrementalKeys {
  const { publicKey, secretKey } = ml_kem768.keygen(seed)
  const rho = publicKey.subarray(KEY_VECTOR_LENGTH)
  return {
    header: concatBytes(rho, sha3_256(publicKey)),
    keyVector: publicKey.slice(0, KEY_VECTOR_LENGTH),
    decapsulationKey: secretKey,
  }
}

export interface FirstEncapsulation {
  readonly ciphertext1: Uint8Array
  readonly state: Uint8Array
  /** 32 bytes. */
  readonly sharedSecret: Uint8Array
}

/** @param message 32 fresh random bytes; passed in only by tests with known answers */
export function encapsulateFirst(
  header: Uint8Array,
  message: Uint8Array = randomBytes(32),
): FirstEncapsulation {
  const rho = header.subarray(0, 32)
  const derived = sha3_512(concatBytes(message, header.subarray(32, HEADER_LENGTH)))
  const randomness = derived.subarray(32)
  const y = [0, 1, 2].map((i) => transform(sampleSmall(randomness, i)))
  const parts: Uint8Array[] = []
  for (let i = 0; i < RANK; i++) {
    const product = newPolynomial()
    for (let j = 0; j < RANK; j++) addProductInto(product, sampleUniform(rho, i, j), y[j]!)
    const u = transformBack(product)
    addInto(u, sampleSmall(randomness, RANK + i))
    parts.push(compressAndPack(u, 10))
  }
  const errorTerm = sampleSmall(randomness, 2 * RANK)
  return {
    ciphertext1: concatBytes(...parts),
    state: concatBytes(...y.map(packSigned), packSigned(errorTerm), message),
    sharedSecret: derived.slice(0, 32),
  }
}

/** The second ciphertext part, 128 bytes, from the key vector and the state of the first step. */
export function encapsulateSecond(keyVector: Uint8Array, state: Uint8Array): Uint8Array {
  if (keyVector.length !== KEY_VECTOR_LENGTH || state.length !== ENCAPSULATION_STATE_LENGTH) {
    throw new CryptoError('invalid_argument', 'key vector or encapsulation state has the wrong length')
  }
  const product = newPolynomial()
  for (let i = 0; i < RANK; i++) {
    const t = unpackTwelveBits(keyVector.subarray(384 * i, 384 * (i + 1)))
    addProductInto(product, t, unpackSigned(state, i))
  }
  const v = transformBack(product)
  addInto(v, unpackSigned(state, RANK))
  addInto(v, polynomialFromMessage(encapsulationMessage(state)))
  return compressAndPack(v, 4)
}

/**
 * Checks that a key vector belongs to the header that was encapsulated to, and that the first part sent equals what
 * FIPS 203's one-step encapsulation gives: an error in either would leak or lose the epoch's secret.
 */
export function keyVectorMatches(
  keyVector: Uint8Array,
  header: Uint8Array,
  state: Uint8Array,
  ciphertext1: Uint8Array,
): boolean {
  const publicKey = concatBytes(keyVector, header.subarray(0, 32))
  if (!bytesEqual(sha3_256(publicKey), header.subarray(32, HEADER_LENGTH))) return false
  try {
    const { cipherText } = ml_kem768.encapsulate(publicKey, encapsulationMessage(state))
    const whole = concatBytes(ciphertext1, encapsulateSecond(keyVector, state))
    return bytesEqual(cipherText, whole)
  } catch {
    return false // noble refuses coefficients that are not reduced
  }
}

/** The shared secret, 32 bytes; tampered ciphertexts give an unrelated one (implicit rejection). */
export function decapsulateIncremental(
  decapsulationKey: Uint8Array,
  ciphertext1: Uint8Array,
  ciphertext2: Uint8Array,
): Uint8Array {
  try {
    return ml_kem768.decapsulate(concatBytes(ciphertext1, ciphertext2), decapsulationKey)
  } catch {
    throw new CryptoError('invalid_session', 'decapsulation key is damaged')
  }
}

function encapsulationMessage(state: Uint8Array): Uint8Array {
  return state.subarray(ENCAPSULATION_STATE_LENGTH - 32)
}

// coefficients above half the modulus are written as negative numbers, as libcrux holds them
function packSigned(f: Polynomial): Uint8Array {
  const bytes = new Uint8Array(POLYNOMIAL_BYTES)
  const view = new DataView(bytes.buffer)
  for (let i = 0; i < COEFFICIENTS; i++) {
    const value = f[i]!
    view.setInt16(2 * i, value > MODULUS >> 1 ? value - MODULUS : value, true)
  }
  return bytes
}

function unpackSigned(state: Uint8Array, index: number): Polynomial {
  const view = new DataView(state.buffer, state.byteOffset + index * POLYNOMIAL_BYTES, POLYNOMIAL_BYTES)
  const f = newPolynomial()
  for (let i = 0; i < COEFFICIENTS; i++) {
    const value = view.getInt16(2 * i, true) % MODULUS
    f[i] = value < 0 ? value + MODULUS : value
  }
  return f
}
