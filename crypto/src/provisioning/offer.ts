/**
 * What a new device shows as a QR code so that an existing one can reach it: where, under which key, until when.
 *
 *     pli:link/1/<base64url without padding of 57 bytes>
 *        8  expiry, milliseconds since 1970, big-endian
 *       16  rendezvous, random: where the relay passes the messages of this linking along; worth nothing else
 *       33  the new device's ephemeral public key, 0x05 first
 *
 * 87 characters: a QR code of version 6 at error correction level M. The key is whole, so a camera that read the code
 * has the key itself and not a digest of it. Other spellings of the same bytes are refused.
 *
 * Source: `docs/decisions/0018-linking-a-device.md`. Not concerned with drawing or reading QR codes.
 */
import { CryptoError } from '../errors.ts'
import { concatBytes } from '../primitives/bytes.ts'
import { PUBLIC_KEY_LENGTH, parseCanonicalKey } from '../primitives/curve.ts'

export const RENDEZVOUS_LENGTH = 16
/** How long an offer may be taken up, and the longest that an existing device accepts. */
export const OFFER_LIFETIME_MS = 5 * 60_000
// two devices' clocks differ
const CLOCK_SKEW_MS = 2 * 60_000

const SCHEME = 'pli:link/1/'
const EXPIRY_LENGTH = 8
const OFFER_LENGTH = EXPIRY_LENGTH + RENDEZVOUS_LENGTH + PUBLIC_KEY_LENGTH
const BASE64URL = /^[A-Za-z0-9_-]{76}$/

export interface ProvisioningOffer {
  /** 16 bytes. */
  readonly rendezvous: Uint8Array
  /** 33 bytes, 0x05 first. */
  readonly newDeviceKey: Uint8Array
  readonly expiresAtMs: number
}

export function encodeOffer(offer: ProvisioningOffer): Uint8Array {
  const expiry = new Uint8Array(EXPIRY_LENGTH)
  new DataView(expiry.buffer).setBigUint64(0, BigInt(offer.expiresAtMs))
  return concatBytes(expiry, offer.rendezvous, offer.newDeviceKey)
}

export function offerToUri(offer: ProvisioningOffer): string {
  const base64 = btoa(String.fromCharCode(...encodeOffer(offer)))
  return SCHEME + base64.replaceAll('+', '-').replaceAll('/', '_')
}

/**
 * Reads a scanned or pasted code.
 *
 * @throws CryptoError `malformed`, `unsupported_version`, `invalid_key`; `provisioning_expired`, also when the offer
 *   would live longer than a new device ever asks for
 */
export function parseOfferUri(uri: string, nowMs: number): ProvisioningOffer {
  if (!uri.startsWith(SCHEME)) {
    const otherVersion = /^pli:link\/\d+\//.test(uri)
    throw otherVersion
      ? new CryptoError('unsupported_version', 'an offer of an unknown version')
      : new CryptoError('malformed', 'not an offer to link a device')
  }
  const bytes = decodeBase64Url(uri.slice(SCHEME.length))
  const expiresAtMs = Number(new DataView(bytes.buffer).getBigUint64(0))
  const keyAt = EXPIRY_LENGTH + RENDEZVOUS_LENGTH
  const newDeviceKey = parseCanonicalKey(bytes.subarray(keyAt))
  if (!(nowMs <= expiresAtMs) || expiresAtMs > nowMs + OFFER_LIFETIME_MS + CLOCK_SKEW_MS) {
    throw new CryptoError('provisioning_expired', 'the offer has expired or would live too long')
  }
  return { rendezvous: bytes.subarray(EXPIRY_LENGTH, keyAt), newDeviceKey, expiresAtMs }
}

// 57 bytes are 76 characters without a spare bit, so the alphabet alone makes the spelling unique
function decodeBase64Url(text: string): Uint8Array<ArrayBuffer> {
  if (!BASE64URL.test(text)) throw new CryptoError('malformed', 'an offer is 76 characters of base64url')
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  const bytes = new Uint8Array(OFFER_LENGTH)
  for (let i = 0; i < OFFER_LENGTH; i++) bytes[i] = binary.charCodeAt(i)
  return bytes
}
