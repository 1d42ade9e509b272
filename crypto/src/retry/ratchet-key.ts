/**
 * Reads the ratchet key of a message that was not decrypted, and nothing else of it.
 *
 * Source: libsignal 0.103.0, `SignalMessage` and `PreKeySignalMessage` in `rust/protocol/src/protocol.rs`. Not
 * concerned with the rest of the framing: a message that failed may be one that the session layer refuses to parse.
 */
import { CryptoError } from '../errors.ts'
import { parsePublicKey } from '../primitives/curve.ts'
import { readProtobuf } from '../wire/protobuf.ts'

const LIMITS = { maxLength: 96 * 1024, maxFields: 32 }
const MAC_BYTES = 8
const OLDEST_VERSION = 3
const NEWEST_VERSION = 4

/**
 * 33 bytes, or nothing for a sender-key message (type 7), which has none.
 *
 * @throws CryptoError `not_encrypted` for plaintext (type 8), `invalid_argument` for another type, `malformed`,
 *   `legacy_version`, `unsupported_version`, `too_large`, `invalid_key`
 */
export function ratchetKeyOf(type: number, body: Uint8Array): Uint8Array | undefined {
  switch (type) {
    case 2:
      return ratchetKeyOfWhisper(body)
    case 3:
      checkVersion(body)
      return ratchetKeyOfWhisper(readProtobuf(body.subarray(1), LIMITS).requireBytes(4))
    case 7:
      return undefined
    case 8:
      throw new CryptoError('not_encrypted', 'plaintext content does not fail to decrypt')
    default:
      throw new CryptoError('invalid_argument', 'a message of an unknown type')
  }
}

function ratchetKeyOfWhisper(body: Uint8Array): Uint8Array {
  if (body.length <= MAC_BYTES) throw new CryptoError('malformed', 'message is too short')
  checkVersion(body)
  const message = readProtobuf(body.subarray(1, -MAC_BYTES), LIMITS)
  return parsePublicKey(message.requireBytes(1))
}

function checkVersion(body: Uint8Array): void {
  const version = (body[0] ?? 0) >> 4
  if (version < OLDEST_VERSION) throw new CryptoError('legacy_version', 'message of a version long gone')
  if (version > NEWEST_VERSION) throw new CryptoError('unsupported_version', 'message of an unknown version')
}
