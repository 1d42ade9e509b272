/**
 * Checking XEdDSA signatures by the platform's Ed25519, which is ten times as fast as noble: XEdDSA differs from Ed25519
 * (RFC 8032) only in how the public key is written and where its sign travels. Node's own module, else WebCrypto, else
 * noble; chosen once, by a published known answer. All give the same results.
 *
 * Source: Signal's XEdDSA specification, section 4; libsignal `rust/core/src/curve/curve25519.rs`.
 * Not concerned with signing: no platform signs under a private key that came from X25519. See `xeddsa.ts`.
 */
import { CryptoError } from '../errors.ts'
import { bytesToHex, hexToBytes } from './bytes.ts'
import { CURVE_KEY_TYPE, edwardsFromMontgomery, PUBLIC_KEY_LENGTH } from './curve.ts'
import { type NodeCrypto, nodeCrypto } from './node-crypto.ts'
import { SIGNATURE_LENGTH, verifyXeddsa } from './xeddsa.ts'

/** Says whether a signature is that of one public key. Both have the form of RFC 8032. */
type Verifier = (message: Uint8Array, signature: Uint8Array) => Promise<boolean>
/** @param publicKey 32 bytes, an Edwards point */
type Platform = (publicKey: Uint8Array) => Promise<Verifier>
export type SignatureCheckName = 'node' | 'webcrypto' | 'noble'

interface Choice {
  readonly name: SignatureCheckName
  readonly platform: Platform | undefined
}

/** Keys whose imported form is kept: relays' and members', which sign over and over. Public, so no secret stays. */
const MAX_KNOWN_KEYS = 128
/** Least significant byte first: 2^252 + 27742317777372353535851937790883648493. */
const GROUP_ORDER = hexToBytes('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010')

// RFC 8032 section 7.1, test 2
const KNOWN_KEY = hexToBytes('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c')
const KNOWN_MESSAGE = Uint8Array.of(0x72)
const KNOWN_SIGNATURE = hexToBytes(
  '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da' +
    '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
)

let chosen: Choice | undefined
const knownKeys = new Map<string, Promise<Verifier | undefined>>()

/**
 * As `verifyXeddsa`, and the same result: whether the signature is the key owner's. Malformed input is `false`, never an
 * error.
 *
 * @param publicKey 33 bytes, 0x05 first @param signature 64 bytes
 */
export async function checkSignature(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  if (publicKey.length !== PUBLIC_KEY_LENGTH || publicKey[0] !== CURVE_KEY_TYPE) return false
  if (signature.length !== SIGNATURE_LENGTH) return false
  const { platform } = chosen ?? (await chooseSignatureCheck())
  const plain = Uint8Array.from(signature)
  plain[63] = (plain[63] as number) & 0x7f
  // libsignal reduces a scalar that Ed25519 refuses; nobody honest writes one
  if (!platform || !isBelowGroupOrder(plain.subarray(32))) return verifyXeddsa(publicKey, message, signature)
  const verifier = await verifierOf(publicKey, (signature[63] as number) >> 7, platform)
  return verifier === undefined ? false : verifier(message, plain)
}

/** Which implementation is in use. */
export async function signatureCheckName(): Promise<SignatureCheckName> {
  return (chosen ?? (await chooseSignatureCheck())).name
}

/**
 * Chooses again, for tests of all paths; without a name as at the start.
 *
 * @throws CryptoError `invalid_argument` when the platform does not have what is asked for
 */
export async function chooseSignatureCheck(wanted?: SignatureCheckName): Promise<Choice> {
  for (const [name, platform] of candidates()) {
    if (wanted !== undefined && wanted !== name) continue
    if (name !== 'noble' && !(platform && (await worksRight(platform)))) continue
    chosen = { name, platform }
    knownKeys.clear()
    return chosen
  }
  throw new CryptoError('invalid_argument', 'this platform has no such Ed25519')
}

// in the order of preference
function candidates(): [SignatureCheckName, Platform | undefined][] {
  const node = nodeCrypto()
  const subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle
  return [
    ['node', node && nodePlatform(node)],
    ['webcrypto', subtle && webPlatform(subtle)],
    ['noble', undefined],
  ]
}

function nodePlatform(node: NodeCrypto): Platform {
  return async (publicKey) => {
    const x = Buffer.from(publicKey).toString('base64url')
    const key = node.createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x } })
    return async (message, signature) => node.verify(null, message, key, signature)
  }
}

function webPlatform(subtle: SubtleCrypto): Platform {
  const algorithm = { name: 'Ed25519' }
  return async (publicKey) => {
    const key = await subtle.importKey('raw', Uint8Array.from(publicKey), algorithm, false, ['verify'])
    return (message, signature) =>
      subtle.verify(algorithm, key, Uint8Array.from(signature), Uint8Array.from(message))
  }
}

async function worksRight(platform: Platform): Promise<boolean> {
  try {
    const verifier = await platform(KNOWN_KEY)
    const genuine = await verifier(KNOWN_MESSAGE, KNOWN_SIGNATURE)
    return genuine && !(await verifier(Uint8Array.of(0x73), KNOWN_SIGNATURE))
  } catch {
    return false
  }
}

/** Nothing for a key that no point belongs to, or one of small order: it would verify forged signatures. */
function verifierOf(
  publicKey: Uint8Array,
  signBit: number,
  platform: Platform,
): Promise<Verifier | undefined> {
  const name = `${bytesToHex(publicKey)}${signBit}`
  const known = knownKeys.get(name)
  // put back at the end: what was used last stays longest
  knownKeys.delete(name)
  const verifier = known ?? importKey(publicKey, signBit, platform)
  knownKeys.set(name, verifier)
  if (knownKeys.size > MAX_KNOWN_KEYS) knownKeys.delete(knownKeys.keys().next().value as string)
  return verifier
}

async function importKey(
  publicKey: Uint8Array,
  signBit: number,
  platform: Platform,
): Promise<Verifier | undefined> {
  const point = edwardsFromMontgomery(publicKey.subarray(1), signBit)
  return !point || point.isSmallOrder() ? undefined : platform(point.toBytes())
}

function isBelowGroupOrder(scalar: Uint8Array): boolean {
  for (let i = 31; i >= 0; i--) {
    const [byte, limit] = [scalar[i] as number, GROUP_ORDER[i] as number]
    if (byte !== limit) return byte < limit
  }
  return false
}
