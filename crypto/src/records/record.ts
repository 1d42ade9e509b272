/**
 * The canonical form of a record: what a person signs beside prekeys, such as an answer that others rely on.
 *
 * A record is a protobuf whose bytes are fixed by its content: fields in ascending order, each at most once, numbers in
 * their shortest form, nothing unknown. A reader encodes what it decoded and compares, so one content has one form and
 * one hash.
 *
 *      1 version     1
 *      2 kind        1–32 characters of a–z, 0–9 and '-', a letter first; says how `body` is to be read
 *      3 signer      account, 16 bytes        4 identity key, 33 bytes       5 device, 1–127
 *      6 addressee   account, 16 bytes        7 identity key, 33 bytes
 *      8 question    absent, or the SHA-512 of the record or canonical question that this answers, 64 bytes
 *      9 supersedes  absent, or the SHA-512 of the record that this replaces, 64 bytes
 *     10 created     milliseconds since 1970
 *     11 body        0–65,536 bytes, the kind's own canonical form
 *
 * Source: `docs/decisions/0020-records.md`. Not concerned with signatures (`sign.ts`) nor with what a body says.
 */
import { accountIdFromBytes, accountIdToBytes } from '../account-id.ts'
import { CryptoError } from '../errors.ts'
import { MAX_DEVICE_ID } from '../identity/address.ts'
import { bytesEqual, bytesToUtf8 } from '../primitives/bytes.ts'
import { parseCanonicalKey } from '../primitives/curve.ts'
import { sha512 } from '../primitives/hash.ts'
import { type ProtobufMessage, ProtobufWriter, readProtobuf } from '../wire/protobuf.ts'

export const MAX_RECORD_BODY_LENGTH = 65_536
/** Longest canonical record, in bytes. */
export const MAX_RECORD_LENGTH = MAX_RECORD_BODY_LENGTH + 512
/** Length of a record's hash, SHA-512. */
export const RECORD_HASH_LENGTH = 64

const VERSION = 1
const KIND = /^[a-z][a-z0-9-]{0,31}$/
const LIMITS = { maxLength: MAX_RECORD_LENGTH, maxFields: 11 }

/** An account and the identity key it had when the record was made. */
export interface RecordParty {
  /** Lower-case UUID. */
  readonly accountId: string
  /** 33 bytes, 0x05 first. */
  readonly identityKey: Uint8Array
}

export interface SignableRecord {
  readonly kind: string
  /** Who signs, on which device, 1–127. */
  readonly signer: RecordParty & { readonly deviceId: number }
  /** Whom it is for. */
  readonly addressee: RecordParty
  /** 64 bytes. */
  readonly questionHash?: Uint8Array | undefined
  /** 64 bytes: the hash of the record that this one replaces. */
  readonly supersedes?: Uint8Array | undefined
  readonly createdAtMs: number
  readonly body: Uint8Array
}

/**
 * The canonical bytes.
 *
 * @throws CryptoError `invalid_argument`, `too_large` (a body over 64 KiB), `malformed` (an account id),
 *   `invalid_key`
 */
export function encodeRecord(record: SignableRecord): Uint8Array {
  checkRecord(record)
  return new ProtobufWriter()
    .uint(1, VERSION)
    .text(2, record.kind)
    .bytes(3, accountIdToBytes(record.signer.accountId))
    .bytes(4, parseCanonicalKey(record.signer.identityKey))
    .uint(5, record.signer.deviceId)
    .bytes(6, accountIdToBytes(record.addressee.accountId))
    .bytes(7, parseCanonicalKey(record.addressee.identityKey))
    .bytes(8, record.questionHash)
    .bytes(9, record.supersedes)
    .uint(10, record.createdAtMs)
    .bytes(11, record.body)
    .finish()
}

/**
 * Byte values are copies.
 *
 * @throws CryptoError `too_large`, `malformed`, `invalid_key`, `unsupported_version`; `record_not_canonical` when the
 *   same content has another spelling or a field is out of its range
 */
export function decodeRecord(bytes: Uint8Array): SignableRecord {
  const fields = readProtobuf(bytes, LIMITS)
  if (fields.requireUint32(1) !== VERSION) {
    throw new CryptoError('unsupported_version', 'a record of an unknown version')
  }
  const record = readFields(fields)
  if (!bytesEqual(encodeOrRefuse(record), bytes)) throw notCanonical()
  return record
}

/** SHA-512 of the canonical bytes, 64 bytes; names a record in `questionHash` and `supersedes`. */
export function hashRecord(record: SignableRecord): Uint8Array {
  return sha512(encodeRecord(record))
}

function readFields(fields: ProtobufMessage): SignableRecord {
  const party = (account: number): RecordParty => ({
    accountId: accountIdFromBytes(fields.requireBytes(account)),
    identityKey: Uint8Array.from(fields.requireBytes(account + 1)),
  })
  const optional = (field: number) => {
    const value = fields.bytes(field)
    return value && Uint8Array.from(value)
  }
  const createdAtMs = fields.uint(10)
  if (createdAtMs === undefined) throw new CryptoError('malformed', 'a required field is absent')
  return {
    kind: bytesToUtf8(fields.requireBytes(2)),
    signer: { ...party(3), deviceId: fields.requireUint32(5) },
    addressee: party(6),
    questionHash: optional(8),
    supersedes: optional(9),
    createdAtMs,
    body: Uint8Array.from(fields.requireBytes(11)),
  }
}

// a field that encoding would not take is the sender's fault here, not the caller's
function encodeOrRefuse(record: SignableRecord): Uint8Array {
  try {
    return encodeRecord(record)
  } catch (error) {
    if (error instanceof CryptoError && error.code === 'invalid_argument') throw notCanonical()
    throw error
  }
}

function checkRecord({ kind, signer, questionHash, supersedes, createdAtMs, body }: SignableRecord): void {
  if (!KIND.test(kind)) throw invalid('a record kind is 1 to 32 of a-z, 0-9 and -')
  const { deviceId } = signer
  if (!Number.isInteger(deviceId) || deviceId < 1 || deviceId > MAX_DEVICE_ID) {
    throw invalid('device id is not between 1 and 127')
  }
  for (const hash of [questionHash, supersedes]) {
    if (hash !== undefined && hash.length !== RECORD_HASH_LENGTH) throw invalid('a hash is 64 bytes')
  }
  if (!Number.isSafeInteger(createdAtMs) || createdAtMs < 0) {
    throw invalid('a time is whole milliseconds since 1970')
  }
  if (body.length > MAX_RECORD_BODY_LENGTH) {
    throw new CryptoError('too_large', 'a record body is longer than 64 KiB')
  }
}

function invalid(message: string): CryptoError {
  return new CryptoError('invalid_argument', message)
}

function notCanonical(): CryptoError {
  return new CryptoError('record_not_canonical', 'a record is not in its one form')
}
