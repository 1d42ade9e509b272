/**
 * What a recipient tells a sender whose message it could not decrypt, so that the sender may repeat it.
 *
 * Source: libsignal 0.103.0, `DecryptionErrorMessage` and `PlaintextContent` in `rust/protocol/src/protocol.rs`, and
 * `service.proto`. It travels unencrypted by a session (there may be none that works), inside sealed sender, and so
 * says no more than which message it was: its time, its sender's device and the ratchet key it was encrypted under.
 * Not concerned with whether to archive a session or send again: that takes `sessionRatchetKeyMatches` and the rules
 * of the client.
 */
import { CryptoError } from '../errors.ts'
import { bytesEqual, concatBytes } from '../primitives/bytes.ts'
import { parsePublicKey } from '../primitives/curve.ts'
import { ProtobufWriter, readProtobuf } from '../wire/protobuf.ts'
import { ratchetKeyOf } from './ratchet-key.ts'

const PLAINTEXT_MARK = 0xc0
const PADDING_MARK = 0x80
/** The field of `Content` that holds the message. */
const CONTENT_FIELD = 8
const LIMITS = { maxLength: 256, maxFields: 8 }

export interface DecryptionErrorMessage {
  /** 33 bytes; absent for a sender-key message, which has none. */
  readonly ratchetKey?: Uint8Array
  /** When the message was sent, as its sender put it. */
  readonly timestampMs: number
  /** The device that sent the message which failed; 0 when it was not said. */
  readonly deviceId: number
}

export interface FailedMessage {
  /** 2 whisper, 3 prekey, 7 sender key. */
  readonly type: number
  readonly body: Uint8Array
  readonly timestampMs: number
  readonly senderDeviceId: number
}

/**
 * Describes a message that failed.
 *
 * @throws CryptoError `not_encrypted` for type 8, which never fails to decrypt; `malformed`, `unsupported_version`,
 *   `legacy_version`, `too_large`, `invalid_key` when its ratchet key cannot be read
 */
export function describeFailure(failed: FailedMessage): DecryptionErrorMessage {
  const ratchetKey = ratchetKeyOf(failed.type, failed.body)
  return {
    ...(ratchetKey === undefined ? {} : { ratchetKey }),
    timestampMs: failed.timestampMs,
    deviceId: failed.senderDeviceId,
  }
}

export function serializeDecryptionErrorMessage(message: DecryptionErrorMessage): Uint8Array {
  return new ProtobufWriter()
    .bytes(1, message.ratchetKey)
    .uint(2, message.timestampMs)
    .uint(3, message.deviceId)
    .finish()
}

/** @throws CryptoError `malformed`, `too_large`, `invalid_key` */
export function parseDecryptionErrorMessage(bytes: Uint8Array): DecryptionErrorMessage {
  const message = readProtobuf(bytes, LIMITS)
  const timestampMs = message.uint(2)
  if (timestampMs === undefined) throw new CryptoError('malformed', 'a decryption error names no message')
  const ratchetKey = message.bytes(1)
  return {
    ...(ratchetKey === undefined ? {} : { ratchetKey: parsePublicKey(ratchetKey) }),
    timestampMs,
    deviceId: message.uint32(3) ?? 0,
  }
}

/** Wraps it as the only thing that may travel as plaintext: a message of type 8, for `sealedSenderEncrypt`. */
export function toPlaintextContent(message: DecryptionErrorMessage): { type: 8; body: Uint8Array } {
  return { type: 8, body: wrap(serializeDecryptionErrorMessage(message)) }
}

/**
 * Takes it out of the body of a message of type 8. Nothing else may be in there: it came without encryption.
 *
 * @throws CryptoError `unsupported_version` when the body is no plaintext content; `malformed`, also when anything
 *   beside a decryption error is inside; `too_large`, `invalid_key`
 */
export function fromPlaintextContent(body: Uint8Array): DecryptionErrorMessage {
  if (body[0] !== PLAINTEXT_MARK) {
    throw new CryptoError('unsupported_version', 'not the plaintext content that may travel')
  }
  const content = readProtobuf(body.subarray(1, -1), LIMITS)
  const serialized = content.requireBytes(CONTENT_FIELD)
  if (!bytesEqual(wrap(serialized), body)) {
    throw new CryptoError('malformed', 'plaintext content holds more than a decryption error')
  }
  return parseDecryptionErrorMessage(serialized)
}

function wrap(serialized: Uint8Array): Uint8Array {
  const content = new ProtobufWriter().bytes(CONTENT_FIELD, serialized).finish()
  return concatBytes(Uint8Array.of(PLAINTEXT_MARK), content, Uint8Array.of(PADDING_MARK))
}
