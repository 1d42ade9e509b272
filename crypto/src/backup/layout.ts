/**
 * The byte layout of a backup, version 1, and of the small head that travels beside it.
 *
 *     header   92 bytes   'P' 'L' 'I' 'B' | version 0x01 | key kind (0 recovery key, 1 passphrase)
 *                         | Argon2id memory in KiB, u32 | passes, u8 | lanes, u8 (all 0 for a recovery key)
 *                         | salt, 32 random bytes | backup number, u64 | time in ms, u64
 *                         | HMAC-SHA-256 over the 60 bytes before, 32
 *     frame 0  65,552     AES-256-GCM of 65,536 bytes, its 16-byte tag behind
 *     …
 *     frame n  65,552     the last one: the index
 *
 *     head     169 bytes  'P' 'L' 'I' 'H' | version 0x01 | the header, 92 | length of the whole backup, u64
 *                         | SHA-256 of all of it, 32 | HMAC-SHA-256 over the 137 bytes before, 32
 *
 * Numbers are big-endian. Nonce of a frame, 12 bytes: seven zeros ‖ frame number, u32 ‖ 0x01 for the last frame, else
 * 0x00. The frame key is fresh for each backup, by the salt. Associated data: the header. The construction is STREAM
 * (see `attachment/layout.ts`); frames have one length and a place each, so any of them opens without the others, and
 * one that is changed, moved, repeated or of another backup does not open at all.
 *
 * The backup number only grows. It is authenticated here, and the caller says which one it saw last: that, and not the
 * relay, is what stops an older backup from being passed off as the newest.
 *
 * Source: `docs/decisions/0021-backups.md`. Not concerned with what is in a frame: see `frame.ts`.
 */
import { CryptoError } from '../errors.ts'
import { bytesEqual, concatBytes } from '../primitives/bytes.ts'
import { hmacSha256 } from '../primitives/hash.ts'

export const HEADER_LENGTH = 92
export const FRAME_LENGTH = 65_536
export const SEALED_FRAME_LENGTH = FRAME_LENGTH + 16
export const SALT_LENGTH = 32
export const HEAD_LENGTH = 5 + HEADER_LENGTH + 8 + 32 + 32

const MAC_LENGTH = 32
const HEADER_MAGIC = Uint8Array.of(0x50, 0x4c, 0x49, 0x42)
const HEAD_MAGIC = Uint8Array.of(0x50, 0x4c, 0x49, 0x48)
const VERSION = 1

/** What Argon2id costs. */
export interface Argon2Cost {
  readonly memoryKib: number
  readonly passes: number
  readonly lanes: number
}

export interface BackupHeader {
  /** Absent for a recovery key. */
  readonly cost?: Argon2Cost | undefined
  readonly salt: Uint8Array
  readonly number: number
  readonly createdAtMs: number
}

/** 60 bytes: a header without its MAC. @throws CryptoError `invalid_argument` */
export function encodeHeader({ cost, salt, number, createdAtMs }: BackupHeader): Uint8Array {
  if (![number, createdAtMs].every((value) => Number.isSafeInteger(value) && value >= 0)) {
    throw new CryptoError('invalid_argument', 'a backup has a whole number and a time')
  }
  const bytes = new Uint8Array(HEADER_LENGTH - MAC_LENGTH)
  const view = new DataView(bytes.buffer)
  bytes.set(HEADER_MAGIC)
  bytes[4] = VERSION
  bytes[5] = cost ? 1 : 0
  view.setUint32(6, cost?.memoryKib ?? 0)
  view.setUint8(10, cost?.passes ?? 0)
  view.setUint8(11, cost?.lanes ?? 0)
  bytes.set(salt, 12)
  view.setBigUint64(44, BigInt(number))
  view.setBigUint64(52, BigInt(createdAtMs))
  return bytes
}

/** @param bytes 92 bytes, not yet authenticated @throws CryptoError `backup_malformed`, `unsupported_version` */
export function decodeHeader(bytes: Uint8Array): BackupHeader {
  requireMagic(bytes, HEADER_MAGIC, HEADER_LENGTH)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const cost = { memoryKib: view.getUint32(6), passes: view.getUint8(10), lanes: view.getUint8(11) }
  const hasPassphrase = bytes[5] === 1
  if (!hasPassphrase && (bytes[5] !== 0 || cost.memoryKib + cost.passes + cost.lanes > 0)) {
    throw malformed('a backup under a key of an unknown kind')
  }
  return {
    cost: hasPassphrase ? cost : undefined,
    salt: bytes.slice(12, 44),
    number: readNumber(view, 44),
    createdAtMs: readNumber(view, 52),
  }
}

/** Appends the MAC: 92 bytes. */
export function sealHeader(unsealed: Uint8Array, macKey: Uint8Array): Uint8Array {
  return concatBytes(unsealed, hmacSha256(macKey, unsealed))
}

export function isHeaderAuthentic(header: Uint8Array, macKey: Uint8Array): boolean {
  const unsealed = header.subarray(0, HEADER_LENGTH - MAC_LENGTH)
  return bytesEqual(hmacSha256(macKey, unsealed), header.subarray(HEADER_LENGTH - MAC_LENGTH))
}

export interface BackupHeadFields {
  /** 92 bytes. */
  readonly header: Uint8Array
  readonly totalBytes: number
  /** SHA-256, 32 bytes. */
  readonly digest: Uint8Array
}

/** 169 bytes. */
export function encodeHead({ header, totalBytes, digest }: BackupHeadFields, macKey: Uint8Array): Uint8Array {
  const length = new Uint8Array(8)
  new DataView(length.buffer).setBigUint64(0, BigInt(totalBytes))
  const unsealed = concatBytes(HEAD_MAGIC, Uint8Array.of(VERSION), header, length, digest)
  return concatBytes(unsealed, hmacSha256(macKey, unsealed))
}

/** Not yet authenticated: see `isHeadAuthentic`. @throws CryptoError `backup_malformed`, `unsupported_version` */
export function decodeHead(head: Uint8Array): BackupHeadFields {
  requireMagic(head, HEAD_MAGIC, HEAD_LENGTH)
  const view = new DataView(head.buffer, head.byteOffset, head.length)
  const lengthAt = 5 + HEADER_LENGTH
  return {
    header: head.slice(5, lengthAt),
    totalBytes: readNumber(view, lengthAt),
    digest: head.slice(lengthAt + 8, lengthAt + 40),
  }
}

export function isHeadAuthentic(head: Uint8Array, macKey: Uint8Array): boolean {
  const end = HEAD_LENGTH - MAC_LENGTH
  return bytesEqual(hmacSha256(macKey, head.subarray(0, end)), head.subarray(end))
}

export function frameNonce(index: number, isLast: boolean): Uint8Array {
  const nonce = new Uint8Array(12)
  new DataView(nonce.buffer).setUint32(7, index)
  nonce[11] = isLast ? 1 : 0
  return nonce
}

function requireMagic(bytes: Uint8Array, magic: Uint8Array, length: number): void {
  if (bytes.length !== length || !bytesEqual(bytes.subarray(0, 4), magic)) {
    throw malformed('not a backup, or cut off before it begins')
  }
  if (bytes[4] !== VERSION) throw new CryptoError('unsupported_version', 'a backup of an unknown version')
}

function readNumber(view: DataView, at: number): number {
  const value = view.getBigUint64(at)
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw malformed('a number is beyond 2^53 - 1')
  return Number(value)
}

function malformed(message: string): CryptoError {
  return new CryptoError('backup_malformed', message)
}
