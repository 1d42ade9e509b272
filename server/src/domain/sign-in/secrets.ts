/** Random secrets that people and apps carry for a while, and the hash under which the relay keeps them. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** 32 random bytes as 43 characters of base64url. */
export function drawSecret(): string {
  return randomBytes(32).toString('base64url')
}

/** SHA-256, 32 bytes. Enough for secrets that nobody can guess; a password needs Argon2id. */
export function hashSecret(secret: string | Uint8Array): Uint8Array {
  return createHash('sha256').update(secret).digest()
}

export function isSameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other)
}
