/**
 * Signing records and believing them.
 *
 * The identity key signs (XEdDSA) `Pli-record-v1\0` ‖ SHA-512(canonical record): 78 bytes. The other things it signs
 * are public prekeys, 33 or 1569 bytes, so no signature of one kind is ever one of the other; the label also keeps
 * later kinds apart. A signed record is a protobuf in one form: 1 the canonical record, 2 the signature.
 *
 * An XEdDSA signature can be respelled by whoever sees it, so a record's name is the hash of the record alone
 * (`hashRecord`), never of the signature.
 *
 * Source: `docs/decisions/0020-records.md`. Not concerned with whether the signer may say what the body says, nor
 * with keeping records.
 */
import { CryptoError } from '../errors.ts'
import { bytesEqual, concatBytes, utf8ToBytes } from '../primitives/bytes.ts'
import { type KeyPair, parseCanonicalKey } from '../primitives/curve.ts'
import { sha512 } from '../primitives/hash.ts'
import { SIGNATURE_LENGTH, signXeddsa, verifyXeddsa } from '../primitives/xeddsa.ts'
import { ProtobufWriter, readProtobuf } from '../wire/protobuf.ts'
import {
  decodeRecord,
  encodeRecord,
  MAX_RECORD_LENGTH,
  type RecordParty,
  type SignableRecord,
} from './record.ts'

const DOMAIN = utf8ToBytes('Pli-record-v1\0')
/** Longest signed record, in bytes. */
export const MAX_SIGNED_RECORD_LENGTH = MAX_RECORD_LENGTH + 80
const LIMITS = { maxLength: MAX_SIGNED_RECORD_LENGTH, maxFields: 2 }

/** What the verifier knows beforehand, from its own store and not from the record. */
export interface ExpectedRecord {
  readonly kind: string
  /** The account that should have signed, and the identity key that this device holds for it. */
  readonly signer: RecordParty
  /** Whom it should be for, mostly this account. */
  readonly addressee: RecordParty
}

/**
 * @param identity the signer's pair; its public half is the one the record names
 * @returns the signed record
 * @throws CryptoError as `encodeRecord`; `record_wrong_party` when the record names another identity key
 */
export function signRecord(record: SignableRecord, identity: KeyPair): Uint8Array {
  if (!bytesEqual(record.signer.identityKey, identity.publicKey)) {
    throw new CryptoError('record_wrong_party', 'the record names another identity key than signs it')
  }
  const canonical = encodeRecord(record)
  return encodeSigned(canonical, signXeddsa(identity.privateKey, signedBytes(canonical)))
}

/**
 * Gives the record when it is canonical, is of the kind and between the parties that were expected, and the identity
 * key that the caller knows has signed it.
 *
 * @throws CryptoError `too_large`, `malformed`, `invalid_key`, `unsupported_version`, `record_not_canonical`,
 *   `record_wrong_kind`, `record_wrong_party`, `record_forged`
 */
export function verifyRecord(signed: Uint8Array, expected: ExpectedRecord): SignableRecord {
  const { record, canonical, signature } = parseSignedRecord(signed)
  if (record.kind !== expected.kind) {
    throw new CryptoError('record_wrong_kind', 'a record of another kind than was expected')
  }
  if (!isParty(record.signer, expected.signer) || !isParty(record.addressee, expected.addressee)) {
    throw new CryptoError('record_wrong_party', 'a record between others than was expected')
  }
  if (!verifyXeddsa(expected.signer.identityKey, signedBytes(canonical), signature)) {
    throw new CryptoError('record_forged', 'the identity key did not sign the record')
  }
  return record
}

/**
 * Reads a signed record without believing it, for a list or a search: nothing in it is proven.
 *
 * @throws CryptoError `too_large`, `malformed`, `invalid_key`, `unsupported_version`, `record_not_canonical`
 */
export function readUnverifiedRecord(signed: Uint8Array): SignableRecord {
  return parseSignedRecord(signed).record
}

interface ParsedRecord {
  readonly record: SignableRecord
  readonly canonical: Uint8Array
  readonly signature: Uint8Array
}

function parseSignedRecord(signed: Uint8Array): ParsedRecord {
  const fields = readProtobuf(signed, LIMITS)
  const canonical = fields.requireBytes(1)
  const signature = fields.requireBytes(2, SIGNATURE_LENGTH)
  if (!bytesEqual(encodeSigned(canonical, signature), signed)) {
    throw new CryptoError('record_not_canonical', 'a signed record is not in its one form')
  }
  return { record: decodeRecord(canonical), canonical, signature }
}

function encodeSigned(canonical: Uint8Array, signature: Uint8Array): Uint8Array {
  return new ProtobufWriter().bytes(1, canonical).bytes(2, signature).finish()
}

function signedBytes(canonical: Uint8Array): Uint8Array {
  return concatBytes(DOMAIN, sha512(canonical))
}

function isParty(actual: RecordParty, expected: RecordParty): boolean {
  const sameKey = bytesEqual(actual.identityKey, parseCanonicalKey(expected.identityKey))
  return actual.accountId === expected.accountId && sameKey
}
