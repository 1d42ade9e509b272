/**
 * Polynomials of ML-KEM: arithmetic in Z_3329[X]/(X^256 + 1), its number-theoretic transform, sampling and packing.
 *
 * Source: FIPS 203, algorithms 3–11 with the parameters of ML-KEM-768.
 *
 * Not concerned with keys or ciphertexts: see `ml-kem-768-incremental.ts`, the only user. Everything else of ML-KEM
 * comes from noble, whose polynomial functions are not public.
 */
import { shake128, shake256 } from '@noble/hashes/sha3.js'
import { concatBytes } from './bytes.ts'

export const MODULUS = 3329
export const COEFFICIENTS = 256

/** 256 coefficients in [0, 3329). */
export type Polynomial = Int32Array

// 17 is a primitive 256th root of unity modulo 3329 (FIPS 203 section 4.3)
const ROOT_OF_UNITY = 17
// 128^-1 mod 3329
const INVERSE_OF_128 = 3303

const ZETAS = Int32Array.from({ length: 128 }, (_, i) => power(ROOT_OF_UNITY, reverseSevenBits(i)))
// 17^(2·BitRev7(i)+1), FIPS 203 algorithm 11
const GAMMAS = Int32Array.from({ length: 128 }, (_, i) => power(ROOT_OF_UNITY, 2 * reverseSevenBits(i) + 1))

export function newPolynomial(): Polynomial {
  return new Int32Array(COEFFICIENTS)
}

/** Adds `b` into `a`. */
export function addInto(a: Polynomial, b: Polynomial): void {
  for (let i = 0; i < COEFFICIENTS; i++) a[i] = (a[i]! + b[i]!) % MODULUS
}

/** Algorithm 9, in place. */
export function transform(f: Polynomial): Polynomial {
  let k = 1
  for (let length = 128; length >= 2; length >>= 1) {
    for (let start = 0; start < COEFFICIENTS; start += 2 * length) {
      const zeta = ZETAS[k++]!
      for (let j = start; j < start + length; j++) {
        const t = (zeta * f[j + length]!) % MODULUS
        f[j + length] = (f[j]! - t + MODULUS) % MODULUS
        f[j] = (f[j]! + t) % MODULUS
      }
    }
  }
  return f
}

/** Algorithm 10, in place. */
export function transformBack(f: Polynomial): Polynomial {
  let k = 127
  for (let length = 2; length <= 128; length <<= 1) {
    for (let start = 0; start < COEFFICIENTS; start += 2 * length) {
      const zeta = ZETAS[k--]!
      for (let j = start; j < start + length; j++) {
        const t = f[j]!
        f[j] = (t + f[j + length]!) % MODULUS
        f[j + length] = (zeta * (f[j + length]! - t + MODULUS)) % MODULUS
      }
    }
  }
  for (let i = 0; i < COEFFICIENTS; i++) f[i] = (f[i]! * INVERSE_OF_128) % MODULUS
  return f
}

/** Algorithm 11: adds the product of two transformed polynomials into `sum`. */
export function addProductInto(sum: Polynomial, f: Polynomial, g: Polynomial): void {
  for (let i = 0; i < 128; i++) {
    const a0 = f[2 * i]!
    const a1 = f[2 * i + 1]!
    const b0 = g[2 * i]!
    const b1 = g[2 * i + 1]!
    const c0 = a0 * b0 + ((a1 * b1) % MODULUS) * GAMMAS[i]!
    sum[2 * i] = (sum[2 * i]! + c0) % MODULUS
    sum[2 * i + 1] = (sum[2 * i + 1]! + a0 * b1 + a1 * b0) % MODULUS
  }
}

/** Algorithm 7: a uniform transformed polynomial from a 32-byte seed and two index bytes. */
export function sampleUniform(seed: Uint8Array, first: number, second: number): Polynomial {
  const xof = shake128.create({ dkLen: 168 }).update(concatBytes(seed, Uint8Array.of(first, second)))
  const f = newPolynomial()
  let filled = 0
  while (filled < COEFFICIENTS) {
    const block = xof.xof(168)
    for (let i = 0; i < block.length && filled < COEFFICIENTS; i += 3) {
      const d1 = block[i]! + 256 * (block[i + 1]! % 16)
      const d2 = (block[i + 1]! >> 4) + 16 * block[i + 2]!
      if (d1 < MODULUS) f[filled++] = d1
      if (d2 < MODULUS && filled < COEFFICIENTS) f[filled++] = d2
    }
  }
  return f
}

/** Algorithm 8 with η = 2 over SHAKE256(seed ‖ nonce): small coefficients, −2 to 2 modulo 3329. */
export function sampleSmall(seed: Uint8Array, nonce: number): Polynomial {
  const bytes = shake256(concatBytes(seed, Uint8Array.of(nonce)), { dkLen: 128 })
  const f = newPolynomial()
  for (let i = 0; i < COEFFICIENTS; i++) {
    const nibble = (bytes[i >> 1]! >> (4 * (i & 1))) & 0x0f
    const x = (nibble & 1) + ((nibble >> 1) & 1)
    const y = ((nibble >> 2) & 1) + (nibble >> 3)
    f[i] = (x - y + MODULUS) % MODULUS
  }
  return f
}

/** Compress_d and ByteEncode_d (section 4.2.1): 32·d bytes. */
export function compressAndPack(f: Polynomial, bits: number): Uint8Array {
  const packed = new Uint8Array(32 * bits)
  const mask = 2 ** bits - 1
  const half = MODULUS >> 1
  let buffer = 0
  let held = 0
  let at = 0
  for (let i = 0; i < COEFFICIENTS; i++) {
    const compressed = Math.floor((f[i]! * (mask + 1) + half) / MODULUS) & mask
    buffer |= compressed << held
    held += bits
    for (; held >= 8; held -= 8) {
      packed[at++] = buffer & 0xff
      buffer >>>= 8
    }
  }
  return packed
}

/** ByteDecode_12 (algorithm 6) of 384 bytes; coefficients are reduced. */
export function unpackTwelveBits(bytes: Uint8Array): Polynomial {
  const f = newPolynomial()
  for (let i = 0; i < 128; i++) {
    const middle = bytes[3 * i + 1]!
    f[2 * i] = (bytes[3 * i]! | ((middle & 0x0f) << 8)) % MODULUS
    f[2 * i + 1] = ((middle >> 4) | (bytes[3 * i + 2]! << 4)) % MODULUS
  }
  return f
}

/** Decompress_1 of a 32-byte message: each bit becomes 0 or 1665. */
export function polynomialFromMessage(message: Uint8Array): Polynomial {
  const f = newPolynomial()
  for (let i = 0; i < COEFFICIENTS; i++) f[i] = ((message[i >> 3]! >> (i & 7)) & 1) * 1665
  return f
}

function power(base: number, exponent: number): number {
  let result = 1
  for (let i = 0; i < exponent; i++) result = (result * base) % MODULUS
  return result
}

function reverseSevenBits(value: number): number {
  let reversed = 0
  for (let bit = 0; bit < 7; bit++) if (value & (1 << bit)) reversed |= 1 << (6 - bit)
  return reversed
}
