/**
 * XEdDSA over Curve25519 in libsignal's variant: the sign bit of the Edwards public key travels in the top bit of the
 * signature instead of being fixed at 0.
 *
 * Source: Signal's XEdDSA specification, sections 2–4 and libsignal `rust/core/src/curve/curve25519.rs`.
 *
 * Not concerned with what is signed; callers separate domains.
 */
import { ed25519 } from '@noble/curves/ed25519.js'
import { CryptoError } from '../errors.ts'
import { bytesEqual, randomBytes } from './bytes.ts'
import {
  bigIntToLittleEndian,
  CURVE_KEY_TYPE,
  clampPrivateKey,
  edwardsFromMontgomery,
  littleEndianToBigInt,
  PUBLIC_KEY_LENGTH,
} from './curve.ts'
import { sha512 } from './hash.ts'

export const SIGNATURE_LENGTH = 64

const GROUP_ORDER = ed25519.Point.Fn.ORDER
// 2^256 − 2, little-endian: hash_1 of the specification
const HASH1_PREFIX = new Uint8Array(32).fill(0xff)
HASH1_PREFIX[0] = 0xfe

/**
 * Signs a message; 64 bytes.
 *
 * @param random 64 fresh random bytes; passed in only by tests with known answers
 * @throws CryptoError `invalid_key` unless the private key has 32 bytes
 */
export function signXeddsa(
  privateKey: Uint8Array,
  message: Uint8Array,
  random: Uint8Array = randomBytes(64),
): Uint8Array {
  if (random.length !== 64) throw new CryptoError('invalid_argument', 'XEdDSA wants 64 random bytes')
  const secret = clampPrivateKey(privateKey)
  const a = littleEndianToBigInt(secret) % GROUP_ORDER
  const publicPoint = ed25519.Point.BASE.multiply(a).toBytes()
  const r = scalarFromHash(sha512(HASH1_PREFIX, secret, message, random))
  const R = ed25519.Point.BASE.multiply(r).toBytes()
  const h = scalarFromHash(sha512(R, publicPoint, message))
  const s = bigIntToLittleEndian((h * a + r) % GROUP_ORDER)
  const signature = new Uint8Array(SIGNATURE_LENGTH)
  signature.set(R)
  signature.set(s, 32)
  signature[63] = ((signature[63] as number) & 0x7f) | ((publicPoint[31] as number) & 0x80)
  return signature
}

/**
 * Whether the signature is the key owner's. Malformed input is `false`, never an error. A public key of small order is
 * refused: it would verify forged signatures.
 */
export function verifyXeddsa(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== PUBLIC_KEY_LENGTH || publicKey[0] !== CURVE_KEY_TYPE) return false
  if (signature.length !== SIGNATURE_LENGTH) return false
  const signBit = (signature[63] as number) >> 7
  const A = edwardsFromMontgomery(publicKey.subarray(1), signBit)
  if (!A || A.isSmallOrder()) return false
  const R = signature.subarray(0, 32)
  const sBytes = Uint8Array.from(signature.subarray(32))
  sBytes[31] = (sBytes[31] as number) & 0x7f
  if (((sBytes[31] as number) & 0xe0) !== 0) return false
  const s = littleEndianToBigInt(sBytes) % GROUP_ORDER
  const h = scalarFromHash(sha512(R, A.toBytes(), message))
  const check = ed25519.Point.BASE.multiplyUnsafe(s).add(A.negate().multiplyUnsafe(h))
  return bytesEqual(check.toBytes(), R)
}

function scalarFromHash(hash: Uint8Array): bigint {
  return littleEndianToBigInt(hash) % GROUP_ORDER
}
