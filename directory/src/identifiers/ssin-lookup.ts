// Finding a person by SSIN without keeping the SSIN: an HMAC-SHA-256 under a key that the caller holds.
// The key must be secret and stay apart from the directory's data: there are few enough SSINs to try them all.
// Not concerned with where the key comes from.

import { createHmac } from 'node:crypto'
import { DirectoryError } from '../errors.ts'

const MIN_KEY_BYTES = 32

/**
 * The look-up value of an SSIN: 43 characters of base64url.
 * @param key at least 32 bytes
 * @param ssin 11 digits, checked or as the authentic source has it
 * @throws DirectoryError `ssin-key-too-short`
 */
export function computeSsinHmac(key: Uint8Array, ssin: string): string {
  if (key.length < MIN_KEY_BYTES)
    throw new DirectoryError('ssin-key-too-short', 'The SSIN key has 32 bytes or more.')
  return createHmac('sha256', key).update('Pli-ssin-v1\0').update(ssin).digest('base64url')
}
