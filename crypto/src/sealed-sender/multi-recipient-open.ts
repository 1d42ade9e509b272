/**
 * Opens a message that was sealed for many, in the form in which the relay hands it to one: sealed sender, version 2.
 *
 * Source: libsignal 0.103.0, `sealed_sender_decrypt_to_usmc` and `SealedSenderV2SentMessage`. Bytes: 0x22, the covered
 * seed (32), the tag (16), the ephemeral key (32, no type byte), the content under the message's key.
 * Not concerned with believing the certificate: see `validate.ts`, or `sealedSenderOpen` for all of it.
 */
import { CryptoError } from '../errors.ts'
import { decryptOnce, GCM_SIV_TAG_LENGTH } from '../primitives/aes-gcm-siv.ts'
import { bytesEqual, concatBytes, wipe } from '../primitives/bytes.ts'
import { CURVE_KEY_TYPE, type KeyPair } from '../primitives/curve.ts'
import { parseSenderCertificate } from './certificate.ts'
import { parseUnidentifiedSenderContent, type UnidentifiedSenderContent } from './content.ts'
import {
  AUTHENTICATION_TAG_LENGTH,
  authenticationTag,
  coverSeed,
  deriveSeedKeys,
  SEED_LENGTH,
} from './multi-recipient-keys.ts'

/** The form in which each recipient gets it; the upload has 0x23. */
export const SEALED_SENDER_V2 = 0x22
/** Longest sealed message that is opened, in bytes. */
export const MAX_SEALED_LENGTH = 96 * 1024

const TAG_AT = 1 + SEED_LENGTH
const EPHEMERAL_AT = TAG_AT + AUTHENTICATION_TAG_LENGTH
const CONTENT_AT = EPHEMERAL_AT + 32

/**
 * Decrypts, and proves that the sender holds the identity key in its certificate.
 *
 * @throws CryptoError `unsupported_version`, `malformed`, `too_large` (over 96 KiB), `invalid_key` (in the
 *   certificate), `invalid_key_agreement`, `bad_mac` (tampered, or sealed to another identity), `sender_key_mismatch`
 *   (the certificate's holder did not seal it for us)
 */
export async function sealedSenderV2Decrypt(
  sealed: Uint8Array,
  identity: KeyPair,
): Promise<UnidentifiedSenderContent> {
  const parts = parseReceived(sealed)
  const { ephemeralKey, coveredSeed } = parts
  const seed = await openSeed(parts, identity)
  const { ephemeral, messageKey } = deriveSeedKeys(seed)
  // the comparison ties the seed to the ephemeral key: nobody can hand two recipients different messages under one
  if (!bytesEqual(ephemeral.publicKey, ephemeralKey)) {
    throw new CryptoError('bad_mac', 'a sealed message failed its authentication')
  }
  const content = parseUnidentifiedSenderContent(decryptOnce(messageKey, parts.encryptedContent))
  wipe(seed, messageKey, ephemeral.privateKey)
  const senderKey = parseSenderCertificate(content.senderCertificate).senderIdentityKey
  const expected = await authenticationTag(
    { ours: identity, theirPublicKey: senderKey },
    { ephemeralKey, coveredSeed, senderKey, recipientKey: identity.publicKey },
  )
  if (!bytesEqual(expected, parts.tag)) {
    throw new CryptoError('sender_key_mismatch', 'the holder of the certificate did not seal this')
  }
  return content
}

export interface ReceivedParts {
  /** 32 bytes. */
  readonly coveredSeed: Uint8Array
  /** 16 bytes. */
  readonly tag: Uint8Array
  /** 33 bytes, 0x05 first. */
  readonly ephemeralKey: Uint8Array
  readonly encryptedContent: Uint8Array
}

/** @throws CryptoError `unsupported_version`, `malformed`, `too_large` */
export function parseReceived(sealed: Uint8Array): ReceivedParts {
  if (sealed.length > MAX_SEALED_LENGTH) {
    throw new CryptoError('too_large', 'sealed message is longer than its limit')
  }
  const version = sealed[0]
  if (version === undefined) throw new CryptoError('malformed', 'a sealed message is never empty')
  if (version !== SEALED_SENDER_V2) {
    throw new CryptoError('unsupported_version', 'sealed sender of an unknown version')
  }
  if (sealed.length < CONTENT_AT + GCM_SIV_TAG_LENGTH) {
    throw new CryptoError('malformed', 'sealed message is truncated')
  }
  return {
    coveredSeed: sealed.subarray(1, TAG_AT),
    tag: sealed.subarray(TAG_AT, EPHEMERAL_AT),
    ephemeralKey: concatBytes(Uint8Array.of(CURVE_KEY_TYPE), sealed.subarray(EPHEMERAL_AT, CONTENT_AT)),
    encryptedContent: sealed.subarray(CONTENT_AT),
  }
}

/** The 32 bytes from which the sender derived everything. @throws CryptoError `invalid_key_agreement` */
export async function openSeed(
  { coveredSeed, ephemeralKey }: ReceivedParts,
  identity: KeyPair,
): Promise<Uint8Array> {
  return coverSeed(
    coveredSeed,
    { ours: identity, theirPublicKey: ephemeralKey },
    { ephemeralKey, recipientKey: identity.publicKey },
  )
}
