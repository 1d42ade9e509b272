/**
 * X25519 key pairs and agreement (RFC 7748), in libsignal's serialised form: a public key is 33 bytes, the type byte
 * 0x05 and then the u coordinate; a private key is 32 bytes, clamped.
 *
 * Not concerned with signatures: see `xeddsa.ts`.
 */
import { ed25519, x25519 } from '@noble/curves/ed25519.js'
import { CryptoError } from '../errors.ts'
import { concatBytes, randomBytes } from './bytes.ts'

/** Type byte of a Curve25519 public key ("DJB") in libsignal. */
export const CURVE_KEY_TYPE = 0x05
/** Length of a serialised public key: type byte and 32 bytes. */
export const PUBLIC_KEY_LENGTH = 33
export const PRIVATE_KEY_LENGTH = 32

export interface KeyPair {
  /** 33 bytes, 0x05 first. */
  readonly publicKey: Uint8Array
  /** 32 bytes. */
  readonly privateKey: Uint8Array
}

export function generateKeyPair(): KeyPair {
  return keyPairFromPrivateKey(randomBytes(PRIVATE_KEY_LENGTH))
}

/** @throws CryptoError `invalid_key` unless 32 bytes. */
export function keyPairFromPrivateKey(privateKey: Uint8Array): KeyPair {
  const clamped = clampPrivateKey(privateKey)
  const publicKey = concatBytes(Uint8Array.of(CURVE_KEY_TYPE), x25519.getPublicKey(clamped))
  return { publicKey, privateKey: clamped }
}

/**
 * Checks the shape of a public key that came from outside: 33 bytes, type 0x05. Unlike libsignal, bytes that trail
 * are refused.
 *
 * @throws CryptoError `invalid_key`
 */
export function parsePublicKey(bytes: Uint8Array): Uint8Array {
  if (bytes.length !== PUBLIC_KEY_LENGTH || bytes[0] !== CURVE_KEY_TYPE) {
    throw new CryptoError('invalid_key', 'public key is not 33 bytes of type 5')
  }
  return bytes
}

/**
 * As `parsePublicKey`, and only the one spelling of its u coordinate: one key must not have two names. Points of small
 * order pass here; no agreement with them does.
 *
 * @throws CryptoError `invalid_key`
 */
export function parseCanonicalKey(bytes: Uint8Array): Uint8Array {
  parsePublicKey(bytes)
  if (!isReduced(bytes.subarray(1)))
    throw new CryptoError('invalid_key', 'public key is not in its canonical form')
  return bytes
}

/**
 * The X25519 shared secret, 32 bytes.
 *
 * @throws CryptoError `invalid_key` on a malformed key, `invalid_key_agreement` when the result is all zero, which is
 *   what every small-order point gives (RFC 7748 section 6.1)
 */
export function agree(privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array {
  parsePublicKey(publicKey)
  const clamped = clampPrivateKey(privateKey)
  try {
    // noble throws on the all-zero output
    return x25519.getSharedSecret(clamped, publicKey.subarray(1))
  } catch {
    throw new CryptoError('invalid_key_agreement', 'the agreed secret would be all zero')
  }
}

/**
 * Whether a key is the only spelling of its point and that point has no small-order component; libsignal demands it
 * of the base key of a handshake.
 */
export function isCanonicalPublicKey(publicKey: Uint8Array): boolean {
  if (publicKey.length !== PUBLIC_KEY_LENGTH || publicKey[0] !== CURVE_KEY_TYPE) return false
  const u = publicKey.subarray(1)
  if (!isReduced(u)) return false
  const point = edwardsFromMontgomery(u, 0)
  return point?.isTorsionFree() ?? false
}

/**
 * The Edwards point of a Montgomery u coordinate (XEdDSA section 2.3), or nothing when u = −1 or u is on the twist.
 *
 * @param u 32 bytes, the top bit ignored
 * @param signBit 0 or 1, the sign of the x coordinate wanted
 */
export function edwardsFromMontgomery(u: Uint8Array, signBit: number): EdwardsPoint | undefined {
  const field = ed25519.Point.Fp
  const uMasked = Uint8Array.from(u)
  uMasked[31] = (uMasked[31] as number) & 0x7f
  const uValue = field.create(littleEndianToBigInt(uMasked))
  const denominator = field.add(uValue, field.ONE)
  if (field.is0(denominator)) return undefined
  const y = field.mul(field.sub(uValue, field.ONE), field.inv(denominator))
  const compressed = bigIntToLittleEndian(y)
  compressed[31] = (compressed[31] as number) | (signBit << 7)
  try {
    return ed25519.Point.fromBytes(compressed)
  } catch {
    return undefined
  }
}

export type EdwardsPoint = InstanceType<typeof ed25519.Point>

export function littleEndianToBigInt(bytes: Uint8Array): bigint {
  let value = 0n
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] as number)
  return value
}

/** 32 bytes, least significant first. */
export function bigIntToLittleEndian(value: bigint): Uint8Array {
  const bytes = new Uint8Array(32)
  let rest = value
  for (let i = 0; i < 32; i++) {
    bytes[i] = Number(rest & 0xffn)
    rest >>= 8n
  }
  return bytes
}

/** RFC 7748 section 5; returns a copy. */
export function clampPrivateKey(privateKey: Uint8Array): Uint8Array {
  if (privateKey.length !== PRIVATE_KEY_LENGTH) {
    throw new CryptoError('invalid_key', 'private key is not 32 bytes')
  }
  const clamped = Uint8Array.from(privateKey)
  clamped[0] = (clamped[0] as number) & 248
  clamped[31] = ((clamped[31] as number) & 127) | 64
  return clamped
}

// below 2^255 − 19, with the unused top bit clear
function isReduced(u: Uint8Array): boolean {
  const top = u[31] as number
  if (top !== 0x7f) return top < 0x7f
  for (let i = 30; i > 0; i--) if (u[i] !== 0xff) return true
  return (u[0] as number) < 0xed
}
