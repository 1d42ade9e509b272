/**
 * Reads a backup as a stream, whole or what is left of it, one frame in memory at a time.
 *
 * A frame that does not open is passed over; every item that comes out was authenticated and belongs to this backup.
 * Whether that was all stands in the report: only `complete` means that nothing is missing.
 * Not concerned with what a restoring device does: it becomes a new device of the account.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { createChunkCipher } from '../attachment/chunk-cipher.ts'
import type { ByteSource } from '../attachment/encrypt.ts'
import { CryptoError } from '../errors.ts'
import { bytesEqual, wipe } from '../primitives/bytes.ts'
import { openFrames } from './frame-stream.ts'
import { ItemCollector } from './item-collector.ts'
import type { BackupItem, BackupSection } from './items.ts'
import { type BackupKeys, type BackupSecret, deriveBackupKeys } from './keys.ts'
import {
  type BackupHeadFields,
  decodeHead,
  decodeHeader,
  HEADER_LENGTH,
  isHeadAuthentic,
  isHeaderAuthentic,
} from './layout.ts'

export interface RestoreOptions {
  readonly secret: BackupSecret
  /** The number of the newest backup that this device or person knows of; 0 when none is known. */
  readonly lastKnownNumber: number
  /** The head that was kept beside the backup: proves that it is whole, and stands in for a damaged header. */
  readonly head?: Uint8Array
  /** Only these; all when absent. */
  readonly sections?: readonly BackupSection[]
}

export interface SectionReport {
  readonly restored: number
  /** Absent when the index was lost. */
  readonly expected?: number | undefined
}

export interface RestoreReport {
  /** Everything that was written has been read (of the sections that were asked for). */
  readonly complete: boolean
  readonly number: number
  readonly createdAtMs: number
  /** Frames of 64 KiB that did not open; those cut off at the end are not among them. */
  readonly damagedFrames: number
  /** The end was not seen. */
  readonly truncated: boolean
  /** Items of a kind that a later version may know. */
  readonly unknownItems: number
  readonly sections: Readonly<Record<BackupSection, SectionReport>>
}

/** What a head says, once it is believed. */
export interface BackupHead {
  readonly number: number
  readonly createdAtMs: number
  readonly totalBytes: number
  /** SHA-256 of the whole backup, 32 bytes. */
  readonly digest: Uint8Array
}

/**
 * Yields what is intact and returns what is missing.
 *
 * @throws CryptoError `backup_wrong_key` (or a header that was damaged while no head was given), `backup_rolled_back`
 *   (older than the last known one, or not the one that the head names), `backup_malformed`, `unsupported_version`,
 *   `backup_costly`, `invalid_argument`
 */
export async function* decryptBackup(
  source: ByteSource,
  options: RestoreOptions,
): AsyncGenerator<BackupItem, RestoreReport, undefined> {
  const head = options.head && (await believeHead(options.head, options))
  const hash = sha256.create()
  let totalBytes = 0
  const hashed = tap(source, (piece) => {
    hash.update(piece)
    totalBytes += piece.length
  })
  const { first, rest } = await splitHeader(hashed)
  const { header, keys } = await chooseHeader(first, head, options)
  const { number, createdAtMs } = decodeHeader(header)
  const cipher = await createChunkCipher(keys.frameKey)
  const collector = new ItemCollector(options.sections)
  const outcome = { damagedFrames: 0, endSeen: false, bytesAfterEnd: false }
  try {
    for await (const frame of openFrames(rest, cipher, header, outcome)) yield* collector.take(frame)
  } finally {
    wipe(keys.headerMacKey, keys.frameKey, keys.headMacKey)
  }
  const isNamedByHead = head === undefined || isWhole(head.fields, totalBytes, hash.digest())
  const { complete, ...counts } = collector.report()
  return {
    complete:
      complete && isNamedByHead && outcome.endSeen && !outcome.bytesAfterEnd && !outcome.damagedFrames,
    number,
    createdAtMs,
    damagedFrames: outcome.damagedFrames,
    truncated: !outcome.endSeen,
    ...counts,
  }
}

/**
 * Authenticates a head, for asking whether a newer backup exists without fetching one.
 *
 * @throws CryptoError `backup_wrong_key`, `backup_rolled_back`, `backup_malformed`, `unsupported_version`,
 *   `backup_costly`, `invalid_argument`
 */
export async function openBackupHead(
  head: Uint8Array,
  options: Pick<RestoreOptions, 'secret' | 'lastKnownNumber'>,
): Promise<BackupHead> {
  const { fields } = await believeHead(head, options)
  const { number, createdAtMs } = decodeHeader(fields.header)
  return { number, createdAtMs, totalBytes: fields.totalBytes, digest: fields.digest }
}

interface BelievedHead {
  readonly fields: BackupHeadFields
  readonly keys: BackupKeys
}

async function believeHead(
  head: Uint8Array,
  options: Pick<RestoreOptions, 'secret' | 'lastKnownNumber'>,
): Promise<BelievedHead> {
  const fields = decodeHead(head)
  const keys = await keysFor(fields.header, options.secret)
  if (!isHeaderAuthentic(fields.header, keys.headerMacKey) || !isHeadAuthentic(head, keys.headMacKey)) {
    throw wrongKey()
  }
  requireRecent(fields.header, options.lastKnownNumber)
  return { fields, keys }
}

/** The header that the frames belong to: the backup's own, or the head's when the backup's is damaged. */
async function chooseHeader(
  first: Uint8Array,
  head: BelievedHead | undefined,
  options: RestoreOptions,
): Promise<{ header: Uint8Array; keys: BackupKeys }> {
  if (head && bytesEqual(head.fields.header, first)) return { header: first, keys: head.keys }
  const keys = head ? await keysUnlessDamaged(first, options.secret) : await keysFor(first, options.secret)
  const isAuthentic = keys !== undefined && isHeaderAuthentic(first, keys.headerMacKey)
  if (head) {
    if (isAuthentic) throw rolledBack('this is another backup than its head names')
    return { header: head.fields.header, keys: head.keys }
  }
  if (!isAuthentic) throw wrongKey()
  requireRecent(first, options.lastKnownNumber)
  return { header: first, keys }
}

async function keysFor(header: Uint8Array, secret: BackupSecret): Promise<BackupKeys> {
  const { salt, cost } = decodeHeader(header)
  return deriveBackupKeys(secret, salt, cost)
}

async function keysUnlessDamaged(header: Uint8Array, secret: BackupSecret): Promise<BackupKeys | undefined> {
  try {
    return await keysFor(header, secret)
  } catch (error) {
    if (error instanceof CryptoError) return undefined
    throw error
  }
}

function requireRecent(header: Uint8Array, lastKnownNumber: number): void {
  // written so that a number that is none refuses everything
  if (!(decodeHeader(header).number >= lastKnownNumber)) {
    throw rolledBack('this backup is older than one that is known')
  }
}

function isWhole(head: BackupHeadFields, totalBytes: number, digest: Uint8Array): boolean {
  return head.totalBytes === totalBytes && bytesEqual(head.digest, digest)
}

/** Reads until the header is whole and gives it, with a stream of what comes behind it. */
async function splitHeader(
  source: AsyncGenerator<Uint8Array, void>,
): Promise<{ first: Uint8Array; rest: AsyncIterable<Uint8Array> }> {
  const first = new Uint8Array(HEADER_LENGTH)
  let held = 0
  for (;;) {
    const next = await source.next()
    if (next.done) throw new CryptoError('backup_malformed', 'not a backup, or cut off before it begins')
    const taken = Math.min(next.value.length, HEADER_LENGTH - held)
    first.set(next.value.subarray(0, taken), held)
    held += taken
    if (held === HEADER_LENGTH) return { first, rest: chain(next.value.subarray(taken), source) }
  }
}

async function* chain(piece: Uint8Array, more: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  yield piece
  yield* more
}

async function* tap(source: ByteSource, see: (piece: Uint8Array) => void): AsyncGenerator<Uint8Array, void> {
  for await (const piece of source) {
    see(piece)
    yield piece
  }
}

function wrongKey(): CryptoError {
  return new CryptoError('backup_wrong_key', 'not the secret of this backup, or its beginning is damaged')
}

function rolledBack(message: string): CryptoError {
  return new CryptoError('backup_rolled_back', message)
}
