/**
 * What one device hands another: a type and bytes.
 *
 * Source: libsignal `rust/protocol/src/protocol.rs`, CiphertextMessageType.
 */
import { CryptoError } from '../errors.ts'

/** A message of a session that the other side knows. */
export const WHISPER_TYPE = 2
/** A message that carries the handshake. */
export const PREKEY_TYPE = 3
/** Not encrypted: only a request to send again, see `retry/`. */
export const PLAINTEXT_TYPE = 8

export interface CiphertextMessage {
  readonly type: typeof WHISPER_TYPE | typeof PREKEY_TYPE | typeof PLAINTEXT_TYPE
  readonly body: Uint8Array
}

/** Version of messages and sessions: PQXDH with Kyber1024. */
export const MESSAGE_VERSION = 4
/** First byte of a message: the version in both halves. */
export const VERSION_BYTE = (MESSAGE_VERSION << 4) | MESSAGE_VERSION

/**
 * Checks a message's first byte.
 *
 * @throws CryptoError `malformed` when empty, `legacy_version` below version 4, `unsupported_version` otherwise
 */
export function requireVersion(body: Uint8Array): void {
  const byte = body[0]
  if (byte === undefined) throw new CryptoError('malformed', 'message is empty')
  if (byte >> 4 < MESSAGE_VERSION) throw new CryptoError('legacy_version', 'message is of an older version')
  if (byte !== VERSION_BYTE) throw new CryptoError('unsupported_version', 'message is of an unknown version')
}
