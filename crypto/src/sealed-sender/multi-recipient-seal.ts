/**
 * Seals one message for many recipients at once: sealed sender, version 2, as it is uploaded. The relay cuts the upload
 * into what each recipient gets.
 *
 * Source: libsignal 0.103.0, `sealed_sender_multi_recipient_encrypt`. Bytes: 0x23, a varint of how many recipients,
 * each recipient, the ephemeral key (32 bytes, no type byte), the content under the message's key. A recipient: kind
 * and UUID (17 bytes), its devices (number, then 16 bits big-endian: whether more follow, and the registration id), the
 * covered seed (32) and the tag (16). One who is left out: kind and UUID, a zero byte.
 * Not concerned with which devices there are, nor with whether an identity key is trusted.
 */
import { accountIdToBytes, isAccountId } from '../account-id.ts'
import { CryptoError } from '../errors.ts'
import { MAX_DEVICE_ID } from '../identity/address.ts'
import { encryptOnce } from '../primitives/aes-gcm-siv.ts'
import { concatBytes, randomBytes, wipe } from '../primitives/bytes.ts'
import { type KeyPair, parsePublicKey } from '../primitives/curve.ts'
import { CONTENT_HINT, serializeUnidentifiedSenderContent } from './content.ts'
import { authenticationTag, coverSeed, deriveSeedKeys, SEED_LENGTH } from './multi-recipient-keys.ts'
import { MAX_SEALED_LENGTH } from './multi-recipient-open.ts'
import type { SealInput } from './seal.ts'

/** Recipients that one upload may have, those left out included. */
export const MAX_RECIPIENTS = 1_000

const SEALED_SENDER_V2_UPLOAD = 0x23
const ACCOUNT_KIND = 0
const NO_DEVICES = 0
const HAS_MORE = 0x8000
const MAX_REGISTRATION_ID = 0x3fff
const RECEIVED_HEADER_LENGTH = 1 + SEED_LENGTH + 16 + 32

export interface SealedRecipient {
  /** Lower-case UUID. */
  readonly accountId: string
  /** 33 bytes, 0x05 first: one key for all devices of the account. */
  readonly identityKey: Uint8Array
  /** At least one; `registrationId` as the session with the device has it, 14 bits. */
  readonly devices: readonly { readonly deviceId: number; readonly registrationId: number }[]
}

export interface MultiRecipientSealInput extends Omit<SealInput, 'recipientIdentityKey'> {
  readonly recipients: readonly SealedRecipient[]
  /** Accounts that are left out on purpose, so that the relay can tell that from an oversight. */
  readonly excludedAccountIds?: readonly string[]
}

/**
 * The upload. Sealing again gives other bytes. Whatever is refused, nothing has been made.
 *
 * @throws CryptoError `invalid_argument` (nobody to seal for, an account or device twice, or out of range),
 *   `invalid_registration_id` (over 14 bits), `invalid_key`, `invalid_key_agreement` (a key of small order),
 *   `too_large` (over 96 KiB for each recipient, or too many of them)
 */
export async function sealedSenderMultiRecipientEncrypt(input: MultiRecipientSealInput): Promise<Uint8Array> {
  const content = serializeUnidentifiedSenderContent({
    messageType: input.message.type,
    senderCertificate: input.senderCertificate,
    contents: input.message.body,
    contentHint: input.contentHint ?? CONTENT_HINT.default,
    ...(input.groupId === undefined ? {} : { groupId: input.groupId }),
  })
  return sealForMany(content, input, randomBytes(SEED_LENGTH))
}

/** Seals content that is serialised already. @param seed 32 fresh random bytes, overwritten at the end */
export async function sealForMany(
  content: Uint8Array,
  input: Pick<MultiRecipientSealInput, 'recipients' | 'excludedAccountIds' | 'senderIdentity'>,
  seed: Uint8Array,
): Promise<Uint8Array> {
  const { recipients, excludedAccountIds = [], senderIdentity } = input
  requireRecipients(recipients, excludedAccountIds)
  const { ephemeral, messageKey } = deriveSeedKeys(seed)
  const sealed = encryptOnce(messageKey, content)
  if (RECEIVED_HEADER_LENGTH + sealed.length > MAX_SEALED_LENGTH) {
    throw new CryptoError('too_large', 'sealed message is longer than its limit')
  }
  const encoded = await Promise.all(
    recipients.map((recipient) => encodeRecipient(recipient, seed, ephemeral, senderIdentity)),
  )
  wipe(seed, messageKey, ephemeral.privateKey)
  return concatBytes(
    Uint8Array.of(SEALED_SENDER_V2_UPLOAD),
    encodeCount(recipients.length + excludedAccountIds.length),
    ...encoded,
    ...excludedAccountIds.map((id) => concatBytes(encodeAccount(id), Uint8Array.of(NO_DEVICES))),
    ephemeral.publicKey.subarray(1),
    sealed,
  )
}

async function encodeRecipient(
  { accountId, identityKey, devices }: SealedRecipient,
  seed: Uint8Array,
  ephemeral: KeyPair,
  senderIdentity: KeyPair,
): Promise<Uint8Array> {
  const keys = { ephemeralKey: ephemeral.publicKey, recipientKey: identityKey }
  const coveredSeed = await coverSeed(seed, { ours: ephemeral, theirPublicKey: identityKey }, keys)
  const tag = await authenticationTag(
    { ours: senderIdentity, theirPublicKey: identityKey },
    { ...keys, coveredSeed, senderKey: senderIdentity.publicKey },
  )
  const encodedDevices = devices.map(({ deviceId, registrationId }, position) => {
    const last = position === devices.length - 1
    const bits = last ? registrationId : registrationId | HAS_MORE
    return Uint8Array.of(deviceId, bits >> 8, bits & 0xff)
  })
  return concatBytes(encodeAccount(accountId), ...encodedDevices, coveredSeed, tag)
}

function encodeAccount(accountId: string): Uint8Array {
  return concatBytes(Uint8Array.of(ACCOUNT_KIND), accountIdToBytes(accountId))
}

// at most 1,000: two bytes of a varint
function encodeCount(count: number): Uint8Array {
  return count < 0x80 ? Uint8Array.of(count) : Uint8Array.of((count & 0x7f) | 0x80, count >> 7)
}

function requireRecipients(recipients: readonly SealedRecipient[], excluded: readonly string[]): void {
  const accounts = [...recipients.map(({ accountId }) => accountId), ...excluded]
  if (recipients.length === 0) throw new CryptoError('invalid_argument', 'there is nobody to seal for')
  if (accounts.length > MAX_RECIPIENTS) throw new CryptoError('too_large', 'too many recipients')
  if (!accounts.every(isAccountId)) {
    throw new CryptoError('invalid_argument', 'a recipient is no lower-case UUID')
  }
  if (new Set(accounts).size !== accounts.length) {
    throw new CryptoError('invalid_argument', 'a recipient is named twice')
  }
  for (const recipient of recipients) requireDevices(recipient)
}

function requireDevices({ devices, identityKey }: SealedRecipient): void {
  parsePublicKey(identityKey)
  const ids = new Set(devices.map(({ deviceId }) => deviceId))
  if (ids.size === 0 || ids.size !== devices.length) {
    throw new CryptoError('invalid_argument', 'a recipient has no device, or one twice')
  }
  for (const { deviceId, registrationId } of devices) {
    if (!isWithin(deviceId, 1, MAX_DEVICE_ID)) {
      throw new CryptoError('invalid_argument', 'device id is not between 1 and 127')
    }
    if (!isWithin(registrationId, 0, MAX_REGISTRATION_ID)) {
      throw new CryptoError('invalid_registration_id', 'registration id has more than 14 bits')
    }
  }
}

function isWithin(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most
}
