/**
 * Opens a sealed message: who sent it, and what.
 *
 * Source: libsignal 0.103.0, `sealed_sender_decrypt_to_usmc` and the checks of `sealed_sender_decrypt` up to where the
 * session takes over, for both versions; version 2 itself is in `multi-recipient-open.ts`.
 * Not concerned with decrypting the message inside.
 */
import { CryptoError } from '../errors.ts'
import { bytesEqual } from '../primitives/bytes.ts'
import { type KeyPair, parsePublicKey } from '../primitives/curve.ts'
import { readProtobuf } from '../wire/protobuf.ts'
import { parseSenderCertificate } from './certificate.ts'
import {
  parseUnidentifiedSenderContent,
  type SealedMessageType,
  type UnidentifiedSenderContent,
} from './content.ts'
import { decryptLayer, deriveEphemeralKeys, deriveStaticKeys } from './keys.ts'
import { SEALED_SENDER_V2, sealedSenderV2Decrypt } from './multi-recipient-open.ts'
import { SEALED_SENDER_V1 } from './seal.ts'
import { type CertificateKnowledge, type ValidatedSender, validateSenderCertificate } from './validate.ts'

const SEALED_LIMITS = { maxLength: 96 * 1024, maxFields: 8 }

/**
 * Decrypts, and proves that the sender holds the identity key in its certificate. The certificate itself is not yet
 * believed: `validateSenderCertificate` does that, or use `sealedSenderOpen` for all of it.
 *
 * @throws CryptoError `unsupported_version`, `malformed`, `too_large` (over 96 KiB), `invalid_key`,
 *   `invalid_key_agreement`, `bad_mac` (tampered, or sealed to another identity), `sender_key_mismatch`
 */
export async function sealedSenderDecryptToUsmc(
  sealed: Uint8Array,
  identity: KeyPair,
): Promise<UnidentifiedSenderContent> {
  if (sealed[0] === SEALED_SENDER_V2) return sealedSenderV2Decrypt(sealed, identity)
  const { ephemeralKey, encryptedStatic, encryptedMessage } = parseSealed(sealed)
  const outer = await deriveEphemeralKeys({
    ours: identity,
    theirPublicKey: ephemeralKey,
    recipientIdentityKey: identity.publicKey,
    ephemeralKey,
  })
  const senderKey = parsePublicKey(decryptLayer(outer, encryptedStatic))
  const inner = await deriveStaticKeys({
    ours: identity,
    theirPublicKey: senderKey,
    chainKey: outer.chainKey,
    encryptedStatic,
  })
  const content = parseUnidentifiedSenderContent(decryptLayer(inner, encryptedMessage))
  if (!bytesEqual(parseSenderCertificate(content.senderCertificate).senderIdentityKey, senderKey)) {
    throw new CryptoError('sender_key_mismatch', 'the certificate names another identity key')
  }
  return content
}

export interface OpenedMessage {
  readonly sender: ValidatedSender
  readonly message: { readonly type: SealedMessageType; readonly body: Uint8Array }
  readonly contentHint: number
  readonly groupId?: Uint8Array
}

/**
 * Opens, validates the certificate at the relay's receipt time, and refuses what this very device sent.
 *
 * @throws CryptoError as `sealedSenderDecryptToUsmc` and `validateSenderCertificate`; `self_send`
 */
export async function sealedSenderOpen(
  sealed: Uint8Array,
  options: CertificateKnowledge & {
    readonly identity: KeyPair
    readonly local: { readonly serviceId: string; readonly deviceId: number }
    readonly trustRoots: readonly Uint8Array[]
    readonly receivedAtMs: number
  },
): Promise<OpenedMessage> {
  const content = await sealedSenderDecryptToUsmc(sealed, options.identity)
  const sender = await validateSenderCertificate(
    content.senderCertificate,
    options.trustRoots,
    options.receivedAtMs,
    options,
  )
  if (isSelfSend(sender, options.local)) {
    throw new CryptoError('self_send', 'the message came from this device')
  }
  return {
    sender,
    message: { type: content.messageType, body: content.contents },
    contentHint: content.contentHint,
    ...(content.groupId === undefined ? {} : { groupId: content.groupId }),
  }
}

/** Whether a message came from this very device; another device of the same account is a sender like any. */
export function isSelfSend(
  sender: Pick<ValidatedSender, 'senderUuid' | 'senderDeviceId'>,
  local: { readonly serviceId: string; readonly deviceId: number },
): boolean {
  return sender.senderUuid === local.serviceId && sender.senderDeviceId === local.deviceId
}

function parseSealed(sealed: Uint8Array) {
  const version = sealed[0]
  if (version === undefined) throw new CryptoError('malformed', 'a sealed message is never empty')
  // libsignal writes 0x11 and reads any 0x0_ and 0x1_ as that; we take only what is written, so no byte is idle
  if (version !== SEALED_SENDER_V1) {
    throw new CryptoError('unsupported_version', 'sealed sender of an unknown version')
  }
  const body = readProtobuf(sealed.subarray(1), SEALED_LIMITS)
  return {
    ephemeralKey: parsePublicKey(body.requireBytes(1)),
    encryptedStatic: body.requireBytes(2),
    encryptedMessage: body.requireBytes(3),
  }
}
