/**
 * The message that opens a session: version byte ‖ protobuf with the handshake and a whole signal message. Only the
 * inner message is authenticated; the handshake is by what it makes of the keys.
 *
 * Source: libsignal `rust/protocol/src/protocol.rs` and `wire.proto`, PreKeySignalMessage.
 */
import { CryptoError } from '../errors.ts'
import { concatBytes } from '../primitives/bytes.ts'
import { parseCanonicalKey } from '../primitives/curve.ts'
import { requireKyberCiphertext } from '../primitives/kyber1024.ts'
import { requireVersion, VERSION_BYTE } from './ciphertext-message.ts'
import { MAX_MESSAGE_LENGTH } from './limits.ts'
import { ProtobufWriter, readProtobuf } from './protobuf.ts'
import { decodeSignalMessage, type SignalMessage } from './signal-message.ts'

export interface PreKeyHandshake {
  readonly registrationId: number
  /** Absent when the recipient had no one-time prekey left. */
  readonly preKeyId?: number | undefined
  readonly signedPreKeyId: number
  readonly kyberPreKeyId: number
  /** 1569 bytes. */
  readonly kyberCiphertext: Uint8Array
  /** 33 bytes each. */
  readonly baseKey: Uint8Array
  readonly identityKey: Uint8Array
}

export interface PreKeySignalMessage extends PreKeyHandshake {
  /** The inner message, serialised. */
  readonly message: Uint8Array
  /** The inner message, decoded. */
  readonly signalMessage: SignalMessage
}

/** @param message a serialised signal message */
export function encodePreKeyMessage(handshake: PreKeyHandshake, message: Uint8Array): Uint8Array {
  const body = new ProtobufWriter()
    .uint(1, handshake.preKeyId)
    .bytes(2, handshake.baseKey)
    .bytes(3, handshake.identityKey)
    .bytes(4, message)
    .uint(5, handshake.registrationId)
    .uint(6, handshake.signedPreKeyId)
    .uint(7, handshake.kyberPreKeyId)
    .bytes(8, handshake.kyberCiphertext)
    .finish()
  return concatBytes(Uint8Array.of(VERSION_BYTE), body)
}

/**
 * @throws CryptoError `malformed`, `too_large`, `legacy_version`, `unsupported_version`, `invalid_key`,
 *   `invalid_ciphertext`; `missing_kyber_prekey` when the handshake has no post-quantum part
 */
export function decodePreKeyMessage(bytes: Uint8Array): PreKeySignalMessage {
  requireVersion(bytes)
  const fields = readProtobuf(bytes.subarray(1), { maxLength: MAX_MESSAGE_LENGTH })
  if (!fields.has(7) || !fields.has(8)) {
    throw new CryptoError('missing_kyber_prekey', 'handshake has no post-quantum part')
  }
  const kyberCiphertext = fields.requireBytes(8)
  requireKyberCiphertext(kyberCiphertext)
  const message = fields.requireBytes(4)
  return {
    preKeyId: fields.uint32(1),
    baseKey: parseCanonicalKey(fields.requireBytes(2)),
    identityKey: parseCanonicalKey(fields.requireBytes(3)),
    message,
    signalMessage: decodeSignalMessage(message),
    registrationId: fields.uint32(5) ?? 0,
    signedPreKeyId: fields.requireUint32(6),
    kyberPreKeyId: fields.requireUint32(7),
    kyberCiphertext,
  }
}
