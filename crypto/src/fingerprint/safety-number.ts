/**
 * Safety numbers: what two people compare to know that no stranger sits between them.
 *
 * Source: libsignal 0.103.0, `rust/protocol/src/fingerprint.rs` and `fingerprint.proto`: the numeric fingerprint in
 * version 2 with 5200 iterations. Each side's fingerprint is an iterated SHA-512 over its identity key and account;
 * the 60 digits show 30 bytes of each, the QR code carries 32 bytes of each.
 * Not concerned with how the digits are grouped on a screen, nor with drawing or reading a QR code.
 */
import { accountIdToBytes } from '../account-id.ts'
import { CryptoError } from '../errors.ts'
import { bytesEqual } from '../primitives/bytes.ts'
import { parsePublicKey } from '../primitives/curve.ts'
import { sha512 } from '../primitives/hash.ts'
import { ProtobufWriter, readProtobuf } from '../wire/protobuf.ts'

const SCANNABLE_VERSION = 2
const ITERATIONS = 5200
const HASHED_VERSION = Uint8Array.of(0, 0)
const SCANNED_BYTES = 32
const DIGIT_GROUPS = 6
const BYTES_PER_GROUP = 5
const SCANNABLE_LIMITS = { maxLength: 256, maxFields: 8 }

/** One side of a conversation. */
export interface SafetyNumberParty {
  /** The account, a lower-case UUID; its 16 bytes are hashed. */
  readonly accountId: string
  /** 33 bytes, 0x05 first. */
  readonly identityKey: Uint8Array
}

export interface SafetyNumber {
  /** 60 digits, the same on both sides. */
  readonly digits: string
  /** What the QR code carries: `CombinedFingerprints`, 74 bytes, this side first. */
  readonly scannable: Uint8Array
}

/**
 * The safety number between two accounts. About 10,000 hashes, some 20 ms: keep it off the screen's thread.
 *
 * @throws CryptoError `malformed` (account id), `invalid_key`
 */
export async function computeSafetyNumber(
  local: SafetyNumberParty,
  remote: SafetyNumberParty,
): Promise<SafetyNumber> {
  return safetyNumberOf(fingerprintOfAccount(local), fingerprintOfAccount(remote))
}

/**
 * Compares the bytes of a QR code that was scanned from the other person's screen with our own `scannable`. Theirs
 * must hold our fingerprint as the remote one, and the reverse: scanning one's own code is a mismatch.
 *
 * @throws CryptoError `fingerprint_version` when the code is of another version, `malformed` or `too_large` when it is
 *   no safety number
 */
export function compareSafetyNumber(ours: Uint8Array, scanned: Uint8Array): 'match' | 'mismatch' {
  const theirSide = parseScannable(scanned)
  const ourSide = parseScannable(ours)
  const theyKnowUs = bytesEqual(theirSide.remote, ourSide.local)
  const weKnowThem = bytesEqual(theirSide.local, ourSide.remote)
  return theyKnowUs && weKnowThem ? 'match' : 'mismatch'
}

/** Builds both forms of two 64-byte fingerprints. */
export function safetyNumberOf(local: Uint8Array, remote: Uint8Array): SafetyNumber {
  const digits = [digitsOf(local), digitsOf(remote)].sort().join('')
  const side = (fingerprint: Uint8Array) =>
    new ProtobufWriter().bytes(1, fingerprint.subarray(0, SCANNED_BYTES)).finish()
  const scannable = new ProtobufWriter()
    .uint(1, SCANNABLE_VERSION)
    .bytes(2, side(local))
    .bytes(3, side(remote))
    .finish()
  return { digits, scannable }
}

/** 64 bytes. `identifier` is hashed as it comes; libsignal's vectors use phone numbers, we use account bytes. */
export function fingerprintOf(identifier: Uint8Array, identityKey: Uint8Array): Uint8Array {
  parsePublicKey(identityKey)
  let hash = sha512(HASHED_VERSION, identityKey, identifier, identityKey)
  for (let i = 1; i < ITERATIONS; i++) hash = sha512(hash, identityKey)
  return hash
}

function fingerprintOfAccount(party: SafetyNumberParty): Uint8Array {
  return fingerprintOf(accountIdToBytes(party.accountId), party.identityKey)
}

/** 30 digits: six big-endian numbers of 5 bytes, each modulo 100,000. */
function digitsOf(fingerprint: Uint8Array): string {
  let digits = ''
  for (let group = 0; group < DIGIT_GROUPS; group++) {
    let value = 0
    for (let i = 0; i < BYTES_PER_GROUP; i++) {
      value = value * 256 + (fingerprint[group * BYTES_PER_GROUP + i] as number)
    }
    digits += String(value % 100_000).padStart(5, '0')
  }
  return digits
}

function parseScannable(bytes: Uint8Array): { local: Uint8Array; remote: Uint8Array } {
  const message = readProtobuf(bytes, SCANNABLE_LIMITS)
  // as in libsignal, a code that names no version is of an unknown one, not broken
  if ((message.uint32(1) ?? 0) !== SCANNABLE_VERSION) {
    throw new CryptoError('fingerprint_version', 'the scanned safety number is of another version')
  }
  const side = (field: number) =>
    readProtobuf(message.requireBytes(field), SCANNABLE_LIMITS).requireBytes(1, SCANNED_BYTES)
  return { local: side(2), remote: side(3) }
}
