/**
 * The sessions with one device: the current one and those archived, and the questions that callers ask of a record.
 *
 * Source: Signal's Sesame specification section 3; libsignal `rust/protocol/src/state/session.rs`.
 */
import { CryptoError } from '../errors.ts'
import { bytesEqual } from '../primitives/bytes.ts'
import { MESSAGE_VERSION } from '../wire/ciphertext-message.ts'
import { decodeSession, decodeSessionRecord, encodeSession, encodeSessionRecord } from './session-codec.ts'
import {
  MAX_ARCHIVED_SESSIONS,
  MAX_UNANSWERED_SESSION_AGE_MS,
  type SessionRecord,
  type SessionState,
} from './session-state.ts'

export const EMPTY_RECORD: SessionRecord = { archived: [] }

/**
 * Whether a stored record can be used for sending: it has a current session of this version with both ratchets, and
 * one opened here has been answered or is younger than 30 days.
 *
 * @throws CryptoError `invalid_session` on a damaged record
 */
export function hasUsableSession(record: Uint8Array, nowMs: number): boolean {
  const { current } = decodeSessionRecord(record)
  if (!current?.senderChain || current.version !== MESSAGE_VERSION) return false
  return current.pqRatchet.length > 0 && !isUnansweredTooLong(current, nowMs)
}

/** Moves the current session, if any, to the archive: it still receives but no longer sends. */
export function archiveCurrentSession(record: Uint8Array): Uint8Array {
  return encodeSessionRecord(archiveCurrent(decodeSessionRecord(record)))
}

/** Whether a 33-byte ratchet key is the current session's sending one; a request to send again names it. */
export function sessionRatchetKeyMatches(record: Uint8Array, ratchetKey: Uint8Array): boolean {
  const { current } = decodeSessionRecord(record)
  return current?.senderChain !== undefined && bytesEqual(current.senderChain.ratchetKey, ratchetKey)
}

/** @throws CryptoError `no_session` when the record has no current session */
export function remoteRegistrationId(record: Uint8Array): number {
  const { current } = decodeSessionRecord(record)
  if (!current) throw new CryptoError('no_session', 'record has no current session')
  return current.remoteRegistrationId
}

/** The identity key that the current session was opened with, 33 bytes, or nothing. */
export function remoteIdentityKey(record: Uint8Array): Uint8Array | undefined {
  return decodeSessionRecord(record).current?.remoteIdentity.slice()
}

export function isUnansweredTooLong({ pendingPreKey }: SessionState, nowMs: number): boolean {
  if (!pendingPreKey) return false
  return pendingPreKey.createdAtSeconds * 1000 + MAX_UNANSWERED_SESSION_AGE_MS < nowMs
}

export function archiveCurrent({ current, archived }: SessionRecord): SessionRecord {
  if (!current) return { archived }
  const answered = { ...current, pendingPreKey: undefined, pendingKyberPreKey: undefined }
  return { archived: [encodeSession(answered), ...archived].slice(0, MAX_ARCHIVED_SESSIONS) }
}

/** Makes a session the current one; the one before goes to the archive. */
export function promoteSession(record: SessionRecord, session: SessionState): SessionRecord {
  return { ...archiveCurrent(record), current: session }
}

/** As `promoteSession`, for a session that comes out of the archive. */
export function promoteArchived(
  record: SessionRecord,
  position: number,
  session: SessionState,
): SessionRecord {
  return promoteSession({ ...record, archived: record.archived.toSpliced(position, 1) }, session)
}

/** The record with the session of a base key as the current one, or nothing when there is none. */
export function promoteByBaseKey(record: SessionRecord, baseKey: Uint8Array): SessionRecord | undefined {
  if (record.current && isSession(record.current, baseKey)) return record
  for (const [position, bytes] of record.archived.entries()) {
    const session = decodeSession(bytes)
    if (isSession(session, baseKey)) return promoteArchived(record, position, session)
  }
  return undefined
}

function isSession({ version, baseKey }: SessionState, wanted: Uint8Array): boolean {
  return version === MESSAGE_VERSION && bytesEqual(baseKey, wanted)
}
