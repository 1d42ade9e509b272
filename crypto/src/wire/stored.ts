/**
 * Reading what this device stored itself. Damage there must not look like a fault of the peer's message, so it has
 * codes of its own.
 */
import { CryptoError, type CryptoErrorCode } from '../errors.ts'

// not damage: a session without the post-quantum ratchet, and one that another engine holds
const PASSED_ON: ReadonlySet<CryptoErrorCode> = new Set<CryptoErrorCode>(['missing_spqr', 'session_moved'])

/** Runs a decoder; whatever it refuses as damaged becomes `code`. */
export function readStored<T>(
  code: 'invalid_session' | 'invalid_prekey' | 'invalid_sender_key',
  read: () => T,
): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof CryptoError) || PASSED_ON.has(error.code)) throw error
    throw new CryptoError(code, `stored record is damaged: ${error.message}`)
  }
}
