/**
 * Byte strings: joining, comparing, overwriting, text and hexadecimal forms.
 *
 * Not concerned with any format: see `wire/` for framing.
 */
import { CryptoError } from '../errors.ts'

export { randomBytes } from './random.ts'

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

/**
 * Overwrites secrets that are needed no more, with zeros. The engine may hold copies (it moves objects, and compiled code
 * spills), so this shortens the time that a secret lies in memory; it proves nothing.
 */
export function wipe(...secrets: readonly Uint8Array[]): void {
  for (const secret of secrets) secret.fill(0)
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
