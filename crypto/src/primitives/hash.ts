/**
 * SHA-512, HMAC-SHA-256 (RFC 2104) and HKDF-SHA-256 (RFC 5869): by Node's own hash under Node, by noble elsewhere, since
 * WebCrypto only promises, and a promise costs more than these do. Chosen once, when this is loaded; both give the same.
 *
 * Not concerned with labels and key schedules: each protocol part holds its own.
 */
import { hkdf } from '@noble/hashes/hkdf.js'
import { hmac } from '@noble/hashes/hmac.js'
import { sha512 as nobleSha512, sha256 } from '@noble/hashes/sha2.js'
import { CryptoError } from '../errors.ts'
import { bytesEqual, utf8ToBytes } from './bytes.ts'
import { nodeCrypto } from './node-crypto.ts'
import { createNodeHashes } from './node-hashes.ts'

const MAX_HKDF_LENGTH = 255 * 32

/** One implementation. */
export interface Hashes {
  sha512(parts: readonly Uint8Array[]): Uint8Array
  hmacSha256(key: Uint8Array, parts: readonly Uint8Array[]): Uint8Array
  hkdfSha256(inputKey: Uint8Array, salt: Uint8Array | undefined, info: Uint8Array, length: number): Uint8Array
}

const noble: Hashes = {
  sha512(parts) {
    const hash = nobleSha512.create()
    for (const part of parts) hash.update(part)
    return hash.digest()
  },
  hmacSha256(key, parts) {
    const mac = hmac.create(sha256, key)
    for (const part of parts) mac.update(part)
    return mac.digest()
  },
  hkdfSha256: (inputKey, salt, info, length) => hkdf(sha256, inputKey, salt, info, length),
}

let chosen = platformHashes() ?? noble

/** SHA-512 over the parts joined; 64 bytes. */
export function sha512(...parts: readonly Uint8Array[]): Uint8Array {
  return chosen.sha512(parts)
}

/** HMAC-SHA-256 over the parts joined; 32 bytes. */
export function hmacSha256(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  return chosen.hmacSha256(key, parts)
}

/**
 * HKDF-SHA-256, extract and expand.
 *
 * @param salt absent means 32 zero bytes, as RFC 5869 has it
 * @param info a label as text, or bytes
 * @param length output length in bytes, at most 8,160
 * @throws CryptoError `invalid_argument` beyond that
 */
export function hkdfSha256(
  inputKey: Uint8Array,
  salt: Uint8Array | undefined,
  info: string | Uint8Array,
  length: number,
): Uint8Array {
  if (length > MAX_HKDF_LENGTH) throw new CryptoError('invalid_argument', 'HKDF gives at most 8,160 bytes')
  return chosen.hkdfSha256(inputKey, salt, typeof info === 'string' ? utf8ToBytes(info) : info, length)
}

/** Chooses again, for tests of both; without a name as at the start. Tells whether the platform has what was asked for. */
export function chooseHashes(wanted?: 'node' | 'noble'): boolean {
  const platform = platformHashes()
  chosen = wanted === 'noble' ? noble : (platform ?? noble)
  return wanted !== 'node' || platform !== undefined
}

function platformHashes(): Hashes | undefined {
  const node = nodeCrypto()
  const hashes = node && createNodeHashes(node)
  if (!hashes) return undefined
  const [key, info] = [new Uint8Array(65).fill(1), new Uint8Array(3)]
  const right = noble.hkdfSha256(key, key, info, 80)
  return bytesEqual(hashes.hkdfSha256(key, key, info, 80), right) ? hashes : undefined
}
