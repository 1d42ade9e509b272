/**
 * SHA-2, HMAC-SHA-256 (RFC 2104) and HKDF-SHA-256 (RFC 5869).
 *
 * Not concerned with labels and key schedules: each protocol part holds its own.
 */
import { hkdf } from '@noble/hashes/hkdf.js'
import { hmac } from '@noble/hashes/hmac.js'
import { sha512 as nobleSha512, sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from './bytes.ts'

/** SHA-512 over the parts joined; 64 bytes. */
export function sha512(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = nobleSha512.create()
  for (const part of parts) hash.update(part)
  return hash.digest()
}

/** HMAC-SHA-256 over the parts joined; 32 bytes. */
export function hmacSha256(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  const mac = hmac.create(sha256, key)
  for (const part of parts) mac.update(part)
  return mac.digest()
}

/**
 * HKDF-SHA-256, extract and expand.
 *
 * @param salt absent means 32 zero bytes, as RFC 5869 has it
 * @param info a label as text, or bytes
 * @param length output length in bytes, at most 8,160
 */
export function hkdfSha256(
  inputKey: Uint8Array,
  salt: Uint8Array | undefined,
  info: string | Uint8Array,
  length: number,
): Uint8Array {
  return hkdf(sha256, inputKey, salt, typeof info === 'string' ? utf8ToBytes(info) : info, length)
}
