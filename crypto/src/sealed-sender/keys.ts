/**
 * The keys of sealed sender, version 1, and the cipher under them.
 *
 * Source: libsignal 0.103.0, `sealed_sender_v1` in `sealed_sender.rs`, and `aes256_ctr_hmacsha256_*` in `crypto.rs`.
 * Two agreements: an ephemeral key with the recipient's identity hides who sends, the sender's identity key with the
 * recipient's proves it. Not concerned with framing: see `seal.ts` and `open.ts`.
 */
import { CryptoError } from '../errors.ts'
import { applyAesCtr } from '../primitives/aes.ts'
import { bytesEqual, concatBytes, utf8ToBytes, wipe } from '../primitives/bytes.ts'
import type { KeyPair } from '../primitives/curve.ts'
import { hkdfSha256, hmacSha256 } from '../primitives/hash.ts'
import { agreeSecret } from '../primitives/key-agreement.ts'

const SALT_PREFIX = utf8ToBytes('UnidentifiedDelivery')
const MAC_BYTES = 10
const FIRST_COUNTER_BLOCK = new Uint8Array(16)

/** Two keys of 32 bytes. */
export interface LayerKeys {
  readonly cipherKey: Uint8Array
  readonly macKey: Uint8Array
}

/** The outer layer, around the sender's identity key. The chain key, 32 bytes, salts the inner one. */
export interface EphemeralKeys extends LayerKeys {
  readonly chainKey: Uint8Array
}

/**
 * The outer keys. Sender and recipient come to the same from their own halves: one passes the ephemeral key pair and
 * the recipient's identity, the other its identity's key pair and the ephemeral public key.
 *
 * @throws CryptoError `invalid_key`, `invalid_key_agreement`
 */
export async function deriveEphemeralKeys(input: {
  ours: KeyPair
  theirPublicKey: Uint8Array
  recipientIdentityKey: Uint8Array
  ephemeralKey: Uint8Array
}): Promise<EphemeralKeys> {
  const salt = concatBytes(SALT_PREFIX, input.recipientIdentityKey, input.ephemeralKey)
  const okm = await agreeAndExpand(input.ours, input.theirPublicKey, salt)
  return { chainKey: okm.subarray(0, 32), cipherKey: okm.subarray(32, 64), macKey: okm.subarray(64) }
}

/** The inner keys, between the two identities. @throws CryptoError `invalid_key`, `invalid_key_agreement` */
export async function deriveStaticKeys(input: {
  ours: KeyPair
  theirPublicKey: Uint8Array
  chainKey: Uint8Array
  encryptedStatic: Uint8Array
}): Promise<LayerKeys> {
  const salt = concatBytes(input.chainKey, input.encryptedStatic)
  const okm = await agreeAndExpand(input.ours, input.theirPublicKey, salt)
  // the first third would chain further layers; there are none
  return { cipherKey: okm.subarray(32, 64), macKey: okm.subarray(64) }
}

/** 96 bytes. */
async function agreeAndExpand(
  ours: KeyPair,
  theirPublicKey: Uint8Array,
  salt: Uint8Array,
): Promise<Uint8Array> {
  const secret = await agreeSecret(ours, theirPublicKey)
  const okm = hkdfSha256(secret, salt, '', 96)
  wipe(secret)
  return okm
}

/** AES-256-CTR from a zero block, then the first 10 bytes of HMAC-SHA-256 over the ciphertext. */
export function encryptLayer(keys: LayerKeys, plaintext: Uint8Array): Uint8Array {
  const ciphertext = applyAesCtr(keys.cipherKey, FIRST_COUNTER_BLOCK, plaintext)
  return concatBytes(ciphertext, macOf(keys, ciphertext))
}

/** @throws CryptoError `bad_mac`, also when there is no room for a MAC */
export function decryptLayer(keys: LayerKeys, sealed: Uint8Array): Uint8Array {
  const end = sealed.length - MAC_BYTES
  if (end < 0 || !bytesEqual(macOf(keys, sealed.subarray(0, end)), sealed.subarray(end))) {
    throw new CryptoError('bad_mac', 'a sealed message failed its authentication')
  }
  return applyAesCtr(keys.cipherKey, FIRST_COUNTER_BLOCK, sealed.subarray(0, end))
}

function macOf(keys: LayerKeys, ciphertext: Uint8Array): Uint8Array {
  return hmacSha256(keys.macKey, ciphertext).subarray(0, MAC_BYTES)
}
