/**
 * Byte strings: joining, comparing, text and hexadecimal forms, randomness.
 *
 * Not concerned with any format: see `wire/` for framing.
 */
import { CryptoError } from '../errors.ts'

/** Joins byte strings in order into a new one. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0
  for (const part of parts) length += part.length
  const joined = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}

/**
 * Compares without an early exit on the first differing byte. Lengths are not secret. JavaScript gives no guarantee
 * of constant time; this is the best that is available.
 */
export function bytesEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  let difference = 0
  for (let i = 0; i < a.length; i++) difference |= (a[i] as number) ^ (b[i] as number)
  return difference === 0
}

/** `length` bytes from the platform's cryptographic generator; any length. */
export function randomBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  const MAX_PER_CALL = 65_536
  for (let at = 0; at < length; at += MAX_PER_CALL) {
    globalThis.crypto.getRandomValues(bytes.subarray(at, Math.min(length, at + MAX_PER_CALL)))
  }
  return bytes
}

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true })

export function utf8ToBytes(text: string): Uint8Array {
  return encoder.encode(text)
}

/** @throws CryptoError `malformed` when the bytes are not UTF-8. */
export function bytesToUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch {
    throw new CryptoError('malformed', 'text is not UTF-8')
  }
}

export function bytesToHex(bytes: Uint8Array): string {
  let hex = ''
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0')
  return hex
}

/** @throws CryptoError `malformed` on an odd length or a character outside 0–9, a–f, A–F. */
export function hexToBytes(hex: string): Uint8Array {
  if (hex.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(hex)) {
    throw new CryptoError('malformed', 'text is not hexadecimal')
  }
  const bytes = new Uint8Array(hex.length / 2)
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16)
  return bytes
}
