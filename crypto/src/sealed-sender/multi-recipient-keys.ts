/**
 * The keys of sealed sender, version 2: one random seed gives the ephemeral key and the message's key, and each
 * recipient gets that seed under an agreement of its own. The reuse of randomness is Barbosa's construction
 * ("Randomness Reuse: Extensions and Improvements", section 4.1) over ElGamal.
 *
 * Source: libsignal 0.103.0, `sealed_sender_v2` in `rust/protocol/src/sealed_sender.rs`.
 * Not concerned with framing: see `multi-recipient-seal.ts` and `multi-recipient-open.ts`.
 */
import { concatBytes, wipe } from '../primitives/bytes.ts'
import { type KeyPair, keyPairFromPrivateKey } from '../primitives/curve.ts'
import { hkdfSha256 } from '../primitives/hash.ts'
import { agreeSecret } from '../primitives/key-agreement.ts'

export const SEED_LENGTH = 32
export const AUTHENTICATION_TAG_LENGTH = 16

const LABEL_EPHEMERAL = 'Sealed Sender v2: r (2023-08)'
const LABEL_MESSAGE = 'Sealed Sender v2: K'
const LABEL_AGREEMENT = 'Sealed Sender v2: DH'
const LABEL_SENDER = 'Sealed Sender v2: DH-sender'

export interface SeedKeys {
  readonly ephemeral: KeyPair
  /** 32 bytes, AES-256-GCM-SIV; used for one message. */
  readonly messageKey: Uint8Array
}

/** @param seed 32 random bytes */
export function deriveSeedKeys(seed: Uint8Array): SeedKeys {
  const scalar = hkdfSha256(seed, undefined, LABEL_EPHEMERAL, 32)
  const ephemeral = keyPairFromPrivateKey(scalar)
  wipe(scalar)
  return { ephemeral, messageKey: hkdfSha256(seed, undefined, LABEL_MESSAGE, 32) }
}

/** Who agrees with whom: our key pair is the sender's or the recipient's. */
export interface Agreement {
  readonly ours: KeyPair
  /** 33 bytes. */
  readonly theirPublicKey: Uint8Array
}

/**
 * Covers the seed for one recipient, or uncovers it again: both sides come to the same 32 bytes and add them.
 *
 * @throws CryptoError `invalid_key`, `invalid_key_agreement`
 */
export async function coverSeed(
  seed: Uint8Array,
  agreement: Agreement,
  keys: { readonly ephemeralKey: Uint8Array; readonly recipientKey: Uint8Array },
): Promise<Uint8Array> {
  const secret = await agreeSecret(agreement.ours, agreement.theirPublicKey)
  const input = concatBytes(secret, keys.ephemeralKey, keys.recipientKey)
  const covered = hkdfSha256(input, undefined, LABEL_AGREEMENT, SEED_LENGTH)
  for (let i = 0; i < SEED_LENGTH; i++) covered[i] = (covered[i] as number) ^ (seed[i] as number)
  wipe(secret, input)
  return covered
}

/**
 * 16 bytes that only the sender's identity and this recipient can make: they prove who sealed.
 *
 * @throws CryptoError `invalid_key`, `invalid_key_agreement`
 */
export async function authenticationTag(
  agreement: Agreement,
  covered: {
    readonly ephemeralKey: Uint8Array
    readonly coveredSeed: Uint8Array
    readonly senderKey: Uint8Array
    readonly recipientKey: Uint8Array
  },
): Promise<Uint8Array> {
  const { ephemeralKey, coveredSeed, senderKey, recipientKey } = covered
  const secret = await agreeSecret(agreement.ours, agreement.theirPublicKey)
  const input = concatBytes(secret, ephemeralKey, coveredSeed, senderKey, recipientKey)
  const tag = hkdfSha256(input, undefined, LABEL_SENDER, AUTHENTICATION_TAG_LENGTH)
  wipe(secret, input)
  return tag
}
