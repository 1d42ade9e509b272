/**
 * What an existing device hands to a new one, and how it is sealed.
 *
 * Contents, a protobuf: 1 version (1), 2 identity public key (33), 3 identity private key (32), 4 account (16),
 * 5 settings key (32), 6 provisioning code (1–512), 7 time in milliseconds. They are padded with zeros to a whole number
 * of 512 bytes behind a four-byte length, so that the code's length does not show.
 *
 * Sealed as Signal seals its provision message: 0x01 ‖ iv, 16 ‖ AES-256-CBC ‖ HMAC-SHA-256 over all before it, 32; the two
 * keys from HKDF-SHA-256 with the label `TextSecure Provisioning Message`. Here the input is the X25519 secret followed by
 * a Kyber1024 secret, and the salt is the transcript whose digits the person compared.
 *
 * Source: the provisioning cipher of Signal's clients; `docs/decisions/0018-linking-a-device.md`.
 */
import { accountIdFromBytes, accountIdToBytes } from '../account-id.ts'
import { CryptoError } from '../errors.ts'
import { decryptAesCbc, encryptAesCbc } from '../primitives/aes.ts'
import { bytesEqual, concatBytes, randomBytes, wipe } from '../primitives/bytes.ts'
import { type KeyPair, keyPairFromPrivateKey } from '../primitives/curve.ts'
import { hkdfSha256, hmacSha256 } from '../primitives/hash.ts'
import { ProtobufWriter, readProtobuf } from '../wire/protobuf.ts'

const SEAL_LABEL = 'TextSecure Provisioning Message'
const SEAL_VERSION = 1
const VERSION = 1
const PADDED_STEP = 512
const MAC_LENGTH = 32
const MAX_CODE_LENGTH = 512
const LIMITS = { maxLength: 2_048, maxFields: 16 }
export const SETTINGS_KEY_LENGTH = 32

export interface ProvisioningContents {
  /** The account's identity, the same on all its devices. */
  readonly identity: KeyPair
  /** Lower-case UUID. */
  readonly accountId: string
  /** 32 bytes: under it the account's devices keep the settings they share. */
  readonly settingsKey: Uint8Array
  /** 1 to 512 bytes from the relay, used once: it lets the new device join the account. */
  readonly provisioningCode: Uint8Array
  readonly createdAtMs: number
}

export interface SealingKeys {
  readonly cipherKey: Uint8Array
  readonly macKey: Uint8Array
}

/** @param secrets the X25519 secret, 32 bytes, and the Kyber one, 32 bytes @param transcript 32 bytes */
export function deriveSealingKeys(
  secrets: { readonly agreed: Uint8Array; readonly encapsulated: Uint8Array },
  transcript: Uint8Array,
): SealingKeys {
  const input = concatBytes(secrets.agreed, secrets.encapsulated)
  const okm = hkdfSha256(input, transcript, SEAL_LABEL, 64)
  wipe(input, secrets.agreed, secrets.encapsulated)
  return { cipherKey: okm.subarray(0, 32), macKey: okm.subarray(32) }
}

/** @throws CryptoError `invalid_argument`, `malformed` (account id) */
export function sealContents(contents: ProvisioningContents, keys: SealingKeys): Uint8Array {
  const plaintext = encodeContents(contents)
  const iv = randomBytes(16)
  const signed = concatBytes(Uint8Array.of(SEAL_VERSION), iv, encryptAesCbc(keys.cipherKey, iv, plaintext))
  wipe(plaintext)
  return concatBytes(signed, hmacSha256(keys.macKey, signed))
}

/**
 * @throws CryptoError `bad_mac` (changed, or for another device), `unsupported_version`, `malformed`, `too_large`,
 *   `invalid_key` when the two halves of the identity do not belong together
 */
export function openContents(sealed: Uint8Array, keys: SealingKeys): ProvisioningContents {
  const end = sealed.length - MAC_LENGTH
  if (end < 17 || !bytesEqual(hmacSha256(keys.macKey, sealed.subarray(0, end)), sealed.subarray(end))) {
    throw new CryptoError('bad_mac', 'sealed contents failed their authentication')
  }
  if (sealed[0] !== SEAL_VERSION) throw new CryptoError('unsupported_version', 'sealed in an unknown way')
  const plaintext = decryptAesCbc(keys.cipherKey, sealed.subarray(1, 17), sealed.subarray(17, end))
  try {
    return decodeContents(plaintext)
  } finally {
    wipe(plaintext)
  }
}

export function encodeContents(contents: ProvisioningContents): Uint8Array {
  checkContents(contents)
  const body = new ProtobufWriter()
    .uint(1, VERSION)
    .bytes(2, contents.identity.publicKey)
    .bytes(3, contents.identity.privateKey)
    .bytes(4, accountIdToBytes(contents.accountId))
    .bytes(5, contents.settingsKey)
    .bytes(6, contents.provisioningCode)
    .uint(7, contents.createdAtMs)
    .finish()
  const padded = new Uint8Array(Math.ceil((4 + body.length) / PADDED_STEP) * PADDED_STEP)
  new DataView(padded.buffer).setUint32(0, body.length)
  padded.set(body, 4)
  wipe(body)
  return padded
}

/** Byte values are copies. */
export function decodeContents(padded: Uint8Array): ProvisioningContents {
  if (padded.length < 4) throw new CryptoError('malformed', 'contents are truncated')
  const length = new DataView(padded.buffer, padded.byteOffset).getUint32(0)
  if (length > padded.length - 4) throw new CryptoError('malformed', 'contents are truncated')
  const fields = readProtobuf(padded.subarray(4, 4 + length), LIMITS)
  if (fields.requireUint32(1) !== VERSION) {
    throw new CryptoError('unsupported_version', 'contents of an unknown version')
  }
  const identity = keyPairFromPrivateKey(fields.requireBytes(3))
  if (!bytesEqual(identity.publicKey, fields.requireBytes(2))) {
    throw new CryptoError('invalid_key', 'the halves of the identity do not belong together')
  }
  const provisioningCode = Uint8Array.from(fields.requireBytes(6))
  const createdAtMs = fields.uint(7)
  if (createdAtMs === undefined || !isCodeLength(provisioningCode.length)) {
    throw new CryptoError('malformed', 'contents lack a field')
  }
  const accountId = accountIdFromBytes(fields.requireBytes(4))
  const settingsKey = Uint8Array.from(fields.requireBytes(5, SETTINGS_KEY_LENGTH))
  return { identity, accountId, settingsKey, provisioningCode, createdAtMs }
}

function checkContents({ identity, settingsKey, provisioningCode, createdAtMs }: ProvisioningContents): void {
  const { publicKey } = keyPairFromPrivateKey(identity.privateKey)
  if (!bytesEqual(publicKey, identity.publicKey)) {
    throw new CryptoError('invalid_argument', 'the halves of the identity do not belong together')
  }
  if (settingsKey.length !== SETTINGS_KEY_LENGTH || !isCodeLength(provisioningCode.length)) {
    throw new CryptoError('invalid_argument', 'a settings key is 32 bytes, a provisioning code 1 to 512')
  }
  if (!Number.isSafeInteger(createdAtMs) || createdAtMs < 0) {
    throw new CryptoError('invalid_argument', 'a time is whole milliseconds since 1970')
  }
}

function isCodeLength(length: number): boolean {
  return length >= 1 && length <= MAX_CODE_LENGTH
}
