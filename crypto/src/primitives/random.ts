/**
 * Randomness: the platform's cryptographic generator, and nothing else.
 *
 * Tests with known answers put a source of their own in its place with `replaceRandomSource`, which reaches them through
 * `@pli/crypto/testing` alone. Not concerned with what the bytes become.
 */

/** Fills the bytes that it is given. */
export type RandomSource = (bytes: Uint8Array<ArrayBuffer>) => void

const MAX_BYTES_PER_CALL = 65_536

let replacement: RandomSource | undefined

/** `length` fresh random bytes; any length. */
export function randomBytes(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length)
  if (replacement) replacement(bytes)
  else fillFromPlatform(bytes)
  return bytes
}

/** Whether a test has replaced the source: nothing may then come from another generator. */
export function isRandomSourceReplaced(): boolean {
  return replacement !== undefined
}

/** For tests alone; `undefined` gives the platform's generator back. */
export function replaceRandomSource(source: RandomSource | undefined): void {
  replacement = source
}

function fillFromPlatform(bytes: Uint8Array<ArrayBuffer>): void {
  for (let at = 0; at < bytes.length; at += MAX_BYTES_PER_CALL) {
    globalThis.crypto.getRandomValues(bytes.subarray(at, Math.min(bytes.length, at + MAX_BYTES_PER_CALL)))
  }
}
