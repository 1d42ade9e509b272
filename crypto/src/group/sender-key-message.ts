/**
 * A message to a group: version byte ‖ protobuf ‖ XEdDSA signature of both, 64 bytes.
 *
 * Source: libsignal 0.103.0, `rust/protocol/src/protocol.rs` and `wire.proto`, SenderKeyMessage.
 * Not concerned with which key signs, nor with the ciphertext inside.
 */
import { accountIdFromBytes } from '../account-id.ts'
import { CryptoError } from '../errors.ts'
import { concatBytes } from '../primitives/bytes.ts'
import { SIGNATURE_LENGTH, signXeddsa } from '../primitives/xeddsa.ts'
import { MAX_MESSAGE_LENGTH } from '../wire/limits.ts'
import { ProtobufWriter, readProtobuf } from '../wire/protobuf.ts'
import { requireSenderKeyVersion, SENDER_KEY_VERSION_BYTE } from './sender-key-version.ts'

const LIMITS = { maxLength: MAX_MESSAGE_LENGTH, maxFields: 16 }

export interface SenderKeyMessage {
  /** Lower-case UUID. */
  readonly distributionId: string
  readonly chainId: number
  /** Position in the chain, from 0. */
  readonly iteration: number
  readonly ciphertext: Uint8Array
  /** What the signature covers. */
  readonly signed: Uint8Array
  /** 64 bytes. */
  readonly signature: Uint8Array
}

/** @param distributionId 16 bytes @param signingPrivateKey 32 bytes */
export function encodeSenderKeyMessage(
  message: { distributionId: Uint8Array; chainId: number; iteration: number; ciphertext: Uint8Array },
  signingPrivateKey: Uint8Array,
): Uint8Array {
  const body = new ProtobufWriter()
    .bytes(1, message.distributionId)
    .uint(2, message.chainId)
    .uint(3, message.iteration)
    .bytes(4, message.ciphertext)
    .finish()
  const signed = concatBytes(Uint8Array.of(SENDER_KEY_VERSION_BYTE), body)
  return concatBytes(signed, signXeddsa(signingPrivateKey, signed))
}

/** @throws CryptoError `malformed`, `too_large`, `legacy_version`, `unsupported_version` */
export function decodeSenderKeyMessage(bytes: Uint8Array): SenderKeyMessage {
  if (bytes.length > MAX_MESSAGE_LENGTH) {
    throw new CryptoError('too_large', 'message is longer than its limit')
  }
  requireSenderKeyVersion(bytes)
  const signatureAt = bytes.length - SIGNATURE_LENGTH
  if (signatureAt < 1) throw new CryptoError('malformed', 'message is truncated')
  const fields = readProtobuf(bytes.subarray(1, signatureAt), LIMITS)
  return {
    distributionId: accountIdFromBytes(fields.requireBytes(1)),
    chainId: fields.requireUint32(2),
    iteration: fields.requireUint32(3),
    ciphertext: fields.requireBytes(4),
    signed: bytes.subarray(0, signatureAt),
    signature: bytes.subarray(signatureAt),
  }
}
