/**
 * What is inside a sealed message: the sender's certificate, the message and how it was encrypted.
 *
 * Source: libsignal 0.103.0, `UnidentifiedSenderMessageContent` and `UnidentifiedSenderMessage.Message` in
 * `sealed_sender.proto`. Not concerned with sealing it (`seal.ts`) nor with what the message says.
 */
import { CryptoError } from '../errors.ts'
import { ProtobufWriter, readProtobuf } from '../wire/protobuf.ts'
import { parseSenderCertificate } from './certificate.ts'

/** As libsignal numbers them: 2 whisper, 3 prekey, 7 sender key, 8 plaintext. */
export type SealedMessageType = 2 | 3 | 7 | 8

/** 0 default (show an error at once), 1 resendable (the sender will repeat it), 2 implicit (never show an error). */
export const CONTENT_HINT = { default: 0, resendable: 1, implicit: 2 } as const

export interface UnidentifiedSenderContent {
  readonly messageType: SealedMessageType
  /** The serialised sender certificate, not yet validated. */
  readonly senderCertificate: Uint8Array
  readonly contents: Uint8Array
  /** One of `CONTENT_HINT`, or a number that a later version gives a meaning. */
  readonly contentHint: number
  readonly groupId?: Uint8Array
}

const CONTENT_LIMITS = { maxLength: 96 * 1024, maxFields: 16 }
// on the wire a prekey message is 1 and the rest are themselves
const PREKEY_ON_THE_WIRE = 1

export function serializeUnidentifiedSenderContent(content: UnidentifiedSenderContent): Uint8Array {
  return new ProtobufWriter()
    .uint(1, content.messageType === 3 ? PREKEY_ON_THE_WIRE : content.messageType)
    .bytes(2, content.senderCertificate)
    .bytes(3, content.contents)
    .uint(4, content.contentHint === CONTENT_HINT.default ? undefined : content.contentHint)
    .bytes(5, content.groupId?.length === 0 ? undefined : content.groupId)
    .finish()
}

/** @throws CryptoError `malformed`, `too_large` (over 96 KiB), `invalid_key` (in the certificate) */
export function parseUnidentifiedSenderContent(bytes: Uint8Array): UnidentifiedSenderContent {
  const message = readProtobuf(bytes, CONTENT_LIMITS)
  const messageType = messageTypeOf(message.requireUint32(1))
  const senderCertificate = message.requireBytes(2)
  parseSenderCertificate(senderCertificate)
  const groupId = message.bytes(5)
  return {
    messageType,
    senderCertificate,
    contents: message.requireBytes(3),
    contentHint: message.uint32(4) ?? CONTENT_HINT.default,
    ...(groupId === undefined ? {} : { groupId }),
  }
}

function messageTypeOf(wireType: number): SealedMessageType {
  switch (wireType) {
    case PREKEY_ON_THE_WIRE:
      return 3
    case 2:
    case 7:
    case 8:
      return wireType
    default:
      throw new CryptoError('malformed', 'a sealed message of an unknown type')
  }
}
