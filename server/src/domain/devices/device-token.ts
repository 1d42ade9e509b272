/**
 * The secrets of a device: the token by which it is known, and the one that removes it and does nothing else. Each is
 * 32 random bytes, which the relay keeps only as a hash.
 */
import { createHash, randomBytes } from 'node:crypto'

export interface NewDeviceToken {
  /** 43 characters of base64url. */
  token: string
  hash: Uint8Array
}

export function drawDeviceToken(): NewDeviceToken {
  const token = randomBytes(32).toString('base64url')
  return { token, hash: hashDeviceToken(token) }
}

/** SHA-256, 32 bytes: 256 bits of chance need no slow hash. */
export function hashDeviceToken(token: string): Uint8Array {
  return createHash('sha256').update(token).digest()
}
