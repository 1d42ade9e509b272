/**
 * Reading what this device stored itself. Damage there must not look like a fault of the peer's message, so it has
 * codes of its own.
 */
import { CryptoError } from '../errors.ts'

/** Runs a decoder; whatever it refuses becomes `code`, but for a session that lacks the post-quantum ratchet. */
export function readStored<T>(
  code: 'invalid_session' | 'invalid_prekey' | 'invalid_sender_key',
  read: () => T,
): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof CryptoError) || error.code === 'missing_spqr') throw error
    throw new CryptoError(code, `stored record is damaged: ${error.message}`)
  }
}
