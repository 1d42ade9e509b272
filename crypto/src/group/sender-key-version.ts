/**
 * The version of sender keys and their messages, which counts for itself: groups have no handshake of their own.
 *
 * Source: libsignal 0.103.0, `rust/protocol/src/protocol.rs`, SENDERKEY_MESSAGE_CURRENT_VERSION.
 */
import { CryptoError } from '../errors.ts'

export const SENDER_KEY_VERSION = 3
/** First byte of a message: the version in both halves. */
export const SENDER_KEY_VERSION_BYTE = (SENDER_KEY_VERSION << 4) | SENDER_KEY_VERSION

/** @throws CryptoError `malformed` when empty, `legacy_version` below version 3, `unsupported_version` otherwise */
export function requireSenderKeyVersion(bytes: Uint8Array): void {
  const byte = bytes[0]
  if (byte === undefined) throw new CryptoError('malformed', 'message is empty')
  if (byte >> 4 < SENDER_KEY_VERSION) {
    throw new CryptoError('legacy_version', 'group message is of an older version')
  }
  // libsignal ignores the lower half; we take only what is written, so that no bit is idle
  if (byte !== SENDER_KEY_VERSION_BYTE) {
    throw new CryptoError('unsupported_version', 'group message is of an unknown version')
  }
}
