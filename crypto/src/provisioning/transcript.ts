/**
 * What both devices of a linking computed over: the commitment, the transcript, and the six digits that people compare.
 *
 * The digits show 20 bits, so whoever stands in the middle must not be able to try keys until two sets of digits agree.
 * The existing device therefore commits to its key and nonce before it learns the new device's nonce, and the new device
 * gives its nonce before it learns what was committed: each side's last free choice is made blindly, and one attempt
 * succeeds with a chance of one in a million. Everything that either side could still choose afterwards (the Kyber
 * ciphertext) stays out of the digits and is authenticated by the keys that they vouch for.
 *
 * Source: `docs/decisions/0018-linking-a-device.md`; the shape is Vaudenay's ("Secure Communications over Insecure
 * Channels Based on Short Authenticated Strings", 2005), as in Bluetooth's numeric comparison and ZRTP.
 */
import { concatBytes, utf8ToBytes } from '../primitives/bytes.ts'
import { hkdfSha256, hmacSha256 } from '../primitives/hash.ts'
import type { Challenge, Reveal } from './messages.ts'
import { encodeOffer, type ProvisioningOffer } from './offer.ts'

const COMMITMENT_LABEL = utf8ToBytes('Pli-provisioning-commitment-v1\0')
const TRANSCRIPT_LABEL = utf8ToBytes('Pli-provisioning-transcript-v1\0')
const DIGITS_LABEL = 'Pli provisioning digits'
const DIGITS = 6

/** 32 bytes; hides the key until the nonce, 32 random bytes, is known, and binds to the offer that was scanned. */
export function commitTo(offer: ProvisioningOffer, reveal: Reveal): Uint8Array {
  return hmacSha256(reveal.nonce, COMMITMENT_LABEL, encodeOffer(offer), reveal.existingDeviceKey)
}

/** 32 bytes. Every part has a fixed length, so joining them is unambiguous. */
export function transcriptHash(offer: ProvisioningOffer, challenge: Challenge, reveal: Reveal): Uint8Array {
  const { existingDeviceKey, nonce } = reveal
  const parts = concatBytes(encodeOffer(offer), challenge.nonce, challenge.kyberKey, existingDeviceKey, nonce)
  return hmacSha256(TRANSCRIPT_LABEL, parts)
}

/** Six decimal digits; the bias of the reduction is below 2^−44. */
export function shortCode(transcript: Uint8Array): string {
  const bytes = hkdfSha256(transcript, undefined, DIGITS_LABEL, 8)
  const value = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0)
  return (value % 10n ** BigInt(DIGITS)).toString().padStart(DIGITS, '0')
}
