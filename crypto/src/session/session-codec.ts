/**
 * Sessions as libsignal stores them: protobuf `RecordStructure` and `SessionStructure`. Reading checks every length.
 *
 * Source: libsignal `storage.proto`.
 */
import { CryptoError } from '../errors.ts'
import { parsePublicKey } from '../primitives/curve.ts'
import { readBytes, readNumber, writeBytes, writeNumber } from '../wire/proto3.ts'
import { type ProtobufMessage, ProtobufWriter, readProtobuf } from '../wire/protobuf.ts'
import { readStored } from '../wire/stored.ts'
import {
  type ChainKey,
  type KeptMessageKey,
  MAX_ARCHIVED_SESSIONS,
  MAX_KEPT_KEYS,
  type PendingKyberPreKey,
  type PendingPreKey,
  type ReceiverChain,
  type SenderChain,
  type SessionRecord,
  type SessionState,
} from './session-state.ts'

/** Longest session record that is read, in bytes: 41 sessions with all the keys that they may keep. */
export const MAX_RECORD_LENGTH = 40 * 1024 * 1024
// what is read belongs to the session and is overwritten with it; the stored bytes are not ours to change
const copies = true
const RECORD_LIMITS = { maxLength: MAX_RECORD_LENGTH, maxFields: 1 + MAX_ARCHIVED_SESSIONS, copies }
const SESSION_LIMITS = { maxLength: 4 * 1024 * 1024, copies }
const CHAIN_LIMITS = { maxLength: 1024 * 1024, maxFields: MAX_KEPT_KEYS + 8, copies }
const SMALL_LIMITS = { maxLength: 8_192, copies }

// What stored bytes decode to, for as long as a store holds on to these very bytes. Neither side changes them in place.
const decodedRecords = new WeakMap<Uint8Array, SessionRecord>()

export function encodeSessionRecord(record: SessionRecord): Uint8Array {
  const writer = new ProtobufWriter().nest(1, record.current, writeSession)
  for (const session of record.archived) writer.bytes(2, session)
  const bytes = writer.finish()
  decodedRecords.set(bytes, record)
  return bytes
}

/** @throws CryptoError `invalid_session` on a damaged record, `session_moved` when its sessions were handed over */
export function decodeSessionRecord(bytes: Uint8Array): SessionRecord {
  const known = decodedRecords.get(bytes)
  if (known) return known
  const record = readStored('invalid_session', () => readRecord(bytes))
  decodedRecords.set(bytes, record)
  return record
}

/** Before a record's secrets are overwritten: the bytes, should they be read again, are decoded again. */
export function forgetDecoded(bytes: Uint8Array): void {
  decodedRecords.delete(bytes)
}

// Not a field of libsignal's, which skips it: the sessions were handed to another engine.
const MOVED_FIELD = 1_000

/** What stays behind when sessions are handed over. */
export function encodeMovedRecord(): Uint8Array {
  return new ProtobufWriter().bool(MOVED_FIELD, true).finish()
}

/** Whether the sessions of a stored record were handed over. @throws CryptoError `invalid_session` */
export function isMovedRecord(bytes: Uint8Array): boolean {
  return readStored('invalid_session', () => readProtobuf(bytes, RECORD_LIMITS).has(MOVED_FIELD))
}

function readRecord(bytes: Uint8Array): SessionRecord {
  const message = readProtobuf(bytes, RECORD_LIMITS)
  if (message.has(MOVED_FIELD)) throw new CryptoError('session_moved', 'another engine holds these sessions')
  const current = message.bytes(1)
  return { current: current && readSession(current), archived: message.repeatedBytes(2) }
}

export function encodeSession(session: SessionState): Uint8Array {
  const writer = new ProtobufWriter()
  writeSession(writer, session)
  return writer.finish()
}

function writeSession(writer: ProtobufWriter, session: SessionState): void {
  writeNumber(writer, 1, session.version)
  writeBytes(writer, 2, session.localIdentity)
  writeBytes(writer, 3, session.remoteIdentity)
  writeBytes(writer, 4, session.rootKey)
  writeNumber(writer, 5, session.previousCounter)
  writer.nest(6, session.senderChain, writeSenderChain)
  for (const chain of session.receiverChains) writer.nest(7, chain, writeReceiverChain)
  writer.nest(9, session.pendingPreKey, writePendingPreKey)
  writeNumber(writer, 10, session.remoteRegistrationId)
  writeNumber(writer, 11, session.localRegistrationId)
  writeBytes(writer, 13, session.baseKey)
  writer.nest(14, session.pendingKyberPreKey, writePendingKyberPreKey)
  writeBytes(writer, 15, session.pqRatchet)
}

/** @throws as `decodeSessionRecord` */
export function decodeSession(bytes: Uint8Array): SessionState {
  return readStored('invalid_session', () => readSession(bytes))
}

function readSession(bytes: Uint8Array): SessionState {
  const message = readProtobuf(bytes, SESSION_LIMITS)
  const senderChain = message.bytes(6)
  const pendingPreKey = message.bytes(9)
  const pendingKyberPreKey = message.bytes(14)
  return {
    version: readNumber(message, 1),
    localIdentity: parsePublicKey(message.requireBytes(2)),
    remoteIdentity: parsePublicKey(message.requireBytes(3)),
    rootKey: message.requireBytes(4, 32),
    previousCounter: message.uint32(5) ?? 0,
    senderChain: senderChain && decodeSenderChain(senderChain),
    receiverChains: message.repeatedBytes(7).map(decodeReceiverChain),
    pendingPreKey: pendingPreKey && decodePendingPreKey(pendingPreKey),
    pendingKyberPreKey: pendingKyberPreKey && decodePendingKyberPreKey(pendingKyberPreKey),
    remoteRegistrationId: message.uint32(10) ?? 0,
    localRegistrationId: message.uint32(11) ?? 0,
    baseKey: readBytes(message, 13),
    pqRatchet: readBytes(message, 15),
  }
}

function writeSenderChain(writer: ProtobufWriter, chain: SenderChain): void {
  writer.bytes(1, chain.ratchetKey).bytes(2, chain.ratchetPrivateKey).nest(3, chain.chainKey, writeChainKey)
}

function decodeSenderChain(bytes: Uint8Array): SenderChain {
  const message = readProtobuf(bytes, CHAIN_LIMITS)
  return {
    ratchetKey: parsePublicKey(message.requireBytes(1)),
    ratchetPrivateKey: message.requireBytes(2, 32),
    chainKey: decodeChainKey(message.requireBytes(3)),
  }
}

function writeReceiverChain(writer: ProtobufWriter, chain: ReceiverChain): void {
  writer.bytes(1, chain.ratchetKey).nest(3, chain.chainKey, writeChainKey)
  for (const kept of chain.keptKeys) writer.nest(4, kept, writeKeptKey)
}

function decodeReceiverChain(bytes: Uint8Array): ReceiverChain {
  const message = readProtobuf(bytes, CHAIN_LIMITS)
  return {
    ratchetKey: parsePublicKey(message.requireBytes(1)),
    chainKey: decodeChainKey(message.requireBytes(3)),
    keptKeys: message.repeatedBytes(4).map(decodeKeptKey),
  }
}

function writeChainKey(writer: ProtobufWriter, { index, key }: ChainKey): void {
  writeNumber(writer, 1, index)
  writer.bytes(2, key)
}

function decodeChainKey(bytes: Uint8Array): ChainKey {
  const message = readProtobuf(bytes, SMALL_LIMITS)
  return { index: message.uint32(1) ?? 0, key: message.requireBytes(2, 32) }
}

function writeKeptKey(writer: ProtobufWriter, { index, seed }: KeptMessageKey): void {
  writeNumber(writer, 1, index)
  writer.bytes(5, seed)
}

// keys of the form before seeds (fields 2 to 4) belong to sessions of older versions, which are not used
function decodeKeptKey(bytes: Uint8Array): KeptMessageKey {
  const message = readProtobuf(bytes, SMALL_LIMITS)
  return { index: message.uint32(1) ?? 0, seed: message.requireBytes(5, 32) }
}

function writePendingPreKey(writer: ProtobufWriter, pending: PendingPreKey): void {
  writer.uint(1, pending.preKeyId).bytes(2, pending.baseKey)
  writeNumber(writer, 3, pending.signedPreKeyId)
  writeNumber(writer, 4, pending.createdAtSeconds)
}

function decodePendingPreKey(bytes: Uint8Array): PendingPreKey {
  const message = readProtobuf(bytes, SMALL_LIMITS)
  return {
    preKeyId: message.uint32(1),
    baseKey: parsePublicKey(message.requireBytes(2)),
    signedPreKeyId: readId(message, 3),
    createdAtSeconds: readNumber(message, 4),
  }
}

function writePendingKyberPreKey(writer: ProtobufWriter, pending: PendingKyberPreKey): void {
  writeNumber(writer, 1, pending.preKeyId)
  writer.bytes(2, pending.ciphertext)
}

function decodePendingKyberPreKey(bytes: Uint8Array): PendingKyberPreKey {
  const message = readProtobuf(bytes, SMALL_LIMITS)
  return { preKeyId: message.uint32(1) ?? 0, ciphertext: message.requireBytes(2) }
}

function readId(message: ProtobufMessage, field: number): number {
  const id = readNumber(message, field)
  if (id > 0x7fff_ffff) throw new CryptoError('invalid_session', 'stored prekey id is out of range')
  return id
}
