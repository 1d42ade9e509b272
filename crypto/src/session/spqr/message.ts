/**
 * The ratchet's part of a message: version byte 1, epoch (varint), index of the message key (varint), kind byte, and
 * for most kinds a chunk (index varint ‖ 32 bytes).
 *
 * Source: SparsePostQuantumRatchet `src/v1/chunked/states/serialize.rs`. As there, bytes that trail are ignored: later
 * versions may use them, and the message's MAC covers them.
 */
import { CryptoError } from '../../errors.ts'
import { concatBytes } from '../../primitives/bytes.ts'
import { type Cursor, encodeVarint, readVarint } from '../../wire/protobuf.ts'
import { CHUNK_LENGTH, type Chunk } from './erasure-code.ts'

export const SPQR_VERSION = 1
/** Longest ratchet part that is read, in bytes; version 1 writes at most 53. */
export const MAX_SPQR_MESSAGE_LENGTH = 256

const KIND_BYTES = {
  none: 0,
  header: 1,
  key: 2,
  keyAndCiphertext1Ack: 3,
  ciphertext1Ack: 4,
  ciphertext1: 5,
  ciphertext2: 6,
} as const satisfies Record<Payload['kind'], number>
const CHUNKLESS_KINDS = { 0: 'none', 4: 'ciphertext1Ack' } as const
const CHUNK_KINDS = {
  1: 'header',
  2: 'key',
  3: 'keyAndCiphertext1Ack',
  5: 'ciphertext1',
  6: 'ciphertext2',
} as const

export type Payload =
  | { readonly kind: 'none' | 'ciphertext1Ack' }
  | { readonly kind: ChunkKind; readonly chunk: Chunk }
export type ChunkKind = (typeof CHUNK_KINDS)[keyof typeof CHUNK_KINDS]

export interface SpqrMessage {
  /** From 1. */
  readonly epoch: number
  /** Index of the message key within the epoch's chain, from 1. */
  readonly index: number
  readonly payload: Payload
}

export function encodeSpqrMessage(message: SpqrMessage): Uint8Array {
  const { epoch, index, payload } = message
  const kind = KIND_BYTES[payload.kind]
  const head = [Uint8Array.of(SPQR_VERSION), encodeVarint(epoch), encodeVarint(index), Uint8Array.of(kind)]
  if (!('chunk' in payload)) return concatBytes(...head)
  return concatBytes(...head, encodeVarint(payload.chunk.index), payload.chunk.data)
}

/**
 * @throws CryptoError `missing_spqr` when empty or of another version, `malformed`, `too_large`
 */
export function decodeSpqrMessage(bytes: Uint8Array): SpqrMessage {
  if (bytes.length === 0 || bytes[0] !== SPQR_VERSION) {
    throw new CryptoError('missing_spqr', 'message does not carry the post-quantum ratchet, version 1')
  }
  if (bytes.length > MAX_SPQR_MESSAGE_LENGTH) {
    throw new CryptoError('too_large', 'ratchet part is longer than its limit')
  }
  const cursor: Cursor = { at: 1 }
  const epoch = readVarint(bytes, cursor)
  const index = readVarint(bytes, cursor)
  if (epoch === 0 || index > 0xffff_ffff) throw malformed()
  return { epoch, index, payload: readPayload(bytes, cursor) }
}

function readPayload(bytes: Uint8Array, cursor: Cursor): Payload {
  const kind = bytes[cursor.at++]
  if (kind === 0 || kind === 4) return { kind: CHUNKLESS_KINDS[kind] }
  if (kind !== 1 && kind !== 2 && kind !== 3 && kind !== 5 && kind !== 6) throw malformed()
  const index = readVarint(bytes, cursor)
  const end = cursor.at + CHUNK_LENGTH
  if (index > 0xffff || end > bytes.length) throw malformed()
  return { kind: CHUNK_KINDS[kind], chunk: { index, data: bytes.slice(cursor.at, end) } }
}

function malformed(): CryptoError {
  return new CryptoError('malformed', 'ratchet part does not decode')
}
