/**
 * What a device keeps about one distribution of one sender: up to five states, the newest first, each a chain with its
 * signing key and the keys of messages that were skipped.
 *
 * Source: libsignal 0.103.0, `rust/protocol/src/sender_keys.rs` and `storage.proto` (SenderKeyRecordStructure), the
 * same bytes both ways. Not concerned with where it is stored: see `SenderKeyStore`.
 */
import { CryptoError } from '../errors.ts'
import { bytesEqual } from '../primitives/bytes.ts'
import { parsePublicKey } from '../primitives/curve.ts'
import { readBytes, readNumber, writeBytes, writeNumber } from '../wire/proto3.ts'
import { type ProtobufMessage, ProtobufWriter, readProtobuf } from '../wire/protobuf.ts'
import { readStored } from '../wire/stored.ts'
import type { SenderChainKey, SenderMessageKey } from './sender-chain.ts'
import { SENDER_KEY_VERSION } from './sender-key-version.ts'

/** States that are kept of one distribution; a peer that starts over needs no more. */
export const MAX_SENDER_KEY_STATES = 5
/** Keys of skipped messages that one state keeps. */
export const MAX_KEPT_SENDER_KEYS = 2_000

const PRIVATE_KEY_LENGTH = 32
const RECORD_LIMITS = { maxLength: 1024 * 1024, maxFields: 16 }
const STATE_LIMITS = { maxLength: 1024 * 1024, maxFields: MAX_KEPT_SENDER_KEYS + 8 }
const SMALL_LIMITS = { maxLength: 256 }

export interface SenderKeyState {
  /** Tells the chains of one distribution apart; 31 bits as written, 32 as read. */
  readonly chainId: number
  readonly chainKey: SenderChainKey
  /** 33 bytes. */
  readonly signingPublicKey: Uint8Array
  /** 32 bytes on the sender's own device; absent with the receivers. */
  readonly signingPrivateKey?: Uint8Array | undefined
  /** In the order in which they were skipped. */
  readonly keptKeys: readonly SenderMessageKey[]
}

/** The newest state first; empty when the distribution was retired. */
export type SenderKeyRecord = readonly SenderKeyState[]

/** Puts a state first; one that is known already, by chain and signing key, keeps its own chain. */
export function addState(record: SenderKeyRecord, added: SenderKeyState): SenderKeyRecord {
  const known = record.find(
    (state) => state.chainId === added.chainId && bytesEqual(state.signingPublicKey, added.signingPublicKey),
  )
  const others = record.filter((state) => state.chainId !== added.chainId)
  return [known ?? added, ...others].slice(0, MAX_SENDER_KEY_STATES)
}

/** The record with one state, known by its chain id, in a new form. */
export function replaceState(record: SenderKeyRecord, changed: SenderKeyState): SenderKeyRecord {
  return record.map((state) => (state.chainId === changed.chainId ? changed : state))
}

export function encodeSenderKeyRecord(record: SenderKeyRecord): Uint8Array {
  const writer = new ProtobufWriter()
  for (const state of record) writer.bytes(1, encodeState(state))
  return writer.finish()
}

/** @throws CryptoError `invalid_sender_key` on a damaged record */
export function decodeSenderKeyRecord(bytes: Uint8Array): SenderKeyRecord {
  return readStored('invalid_sender_key', () =>
    readProtobuf(bytes, RECORD_LIMITS).repeatedBytes(1).map(decodeState),
  )
}

function encodeState(state: SenderKeyState): Uint8Array {
  const writer = new ProtobufWriter()
  writeNumber(writer, 1, state.chainId)
  writer.bytes(2, encodePosition(state.chainKey))
  writer.bytes(3, encodeSigningKey(state))
  for (const kept of state.keptKeys) writer.bytes(4, encodePosition(kept))
  return writer.uint(5, SENDER_KEY_VERSION).finish()
}

function decodeState(bytes: Uint8Array): SenderKeyState {
  const message = readProtobuf(bytes, STATE_LIMITS)
  const version = readNumber(message, 5)
  // the first records that libsignal wrote had no version and mean this one
  if (version !== 0 && version !== SENDER_KEY_VERSION) {
    throw new CryptoError('malformed', 'sender key is of another version')
  }
  return {
    chainId: message.uint32(1) ?? 0,
    chainKey: decodePosition(message.requireBytes(2)),
    ...decodeSigningKey(message),
    keptKeys: message.repeatedBytes(4).map(decodePosition),
  }
}

function encodePosition({ iteration, seed }: SenderChainKey | SenderMessageKey): Uint8Array {
  const writer = new ProtobufWriter()
  writeNumber(writer, 1, iteration)
  return writer.bytes(2, seed).finish()
}

function decodePosition(bytes: Uint8Array): SenderChainKey {
  const message = readProtobuf(bytes, SMALL_LIMITS)
  return { iteration: message.uint32(1) ?? 0, seed: message.requireBytes(2, 32) }
}

function encodeSigningKey({ signingPublicKey, signingPrivateKey }: SenderKeyState): Uint8Array {
  const writer = new ProtobufWriter().bytes(1, signingPublicKey)
  writeBytes(writer, 2, signingPrivateKey ?? new Uint8Array())
  return writer.finish()
}

function decodeSigningKey(state: ProtobufMessage) {
  const message = readProtobuf(state.requireBytes(3), SMALL_LIMITS)
  const signingPrivateKey = readBytes(message, 2)
  if (signingPrivateKey.length !== 0 && signingPrivateKey.length !== PRIVATE_KEY_LENGTH) {
    throw new CryptoError('malformed', 'private signing key has the wrong length')
  }
  return {
    signingPublicKey: parsePublicKey(message.requireBytes(1)),
    signingPrivateKey: signingPrivateKey.length === 0 ? undefined : signingPrivateKey,
  }
}
