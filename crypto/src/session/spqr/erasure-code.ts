/**
 * The erasure code that carries long values over many messages in chunks of 32 bytes: any n distinct chunks give an
 * n-chunk value back.
 *
 * A value is 16 columns of field elements (two bytes, big-endian). The first n chunks are the value itself; chunk x
 * beyond that holds, per column, the value at x of the polynomial through the column.
 *
 * Source: Signal's ML-KEM Braid specification, erasure codes; SparsePostQuantumRatchet `src/encoding/polynomial.rs`.
 *
 * Not concerned with what is sent, nor with the stored form: see `state-codec.ts`.
 */
import { lagrangeWeights, multiply } from './galois-field.ts'

export const CHUNK_LENGTH = 32
const COLUMNS = 16

export interface Chunk {
  /** 0 to 65,535. */
  readonly index: number
  /** 32 bytes. */
  readonly data: Uint8Array
}

export interface ChunkEncoder {
  /** Counts chunks handed out; its low 16 bits are the next chunk's index. */
  readonly nextIndex: number
  /** The whole value, a multiple of 32 bytes. */
  readonly value: Uint8Array
}

export interface ChunkDecoder {
  /** Length of the value in bytes, a multiple of 32. */
  readonly length: number
  /** Received so far, by rising index. */
  readonly chunks: readonly Chunk[]
}

export function startEncoding(value: Uint8Array): ChunkEncoder {
  return { nextIndex: 0, value }
}

export function nextChunk(encoder: ChunkEncoder): { encoder: ChunkEncoder; chunk: Chunk } {
  const index = encoder.nextIndex & 0xffff
  const chunk = { index, data: chunkAt(encoder.value, index) }
  return { encoder: { ...encoder, nextIndex: (encoder.nextIndex + 1) >>> 0 }, chunk }
}

export function startDecoding(length: number): ChunkDecoder {
  return { length, chunks: [] }
}

/** Keeps a chunk unless its index is known already, or it lies beyond the value and enough are held. */
export function addChunk(decoder: ChunkDecoder, chunk: Chunk): ChunkDecoder {
  const needed = decoder.length / CHUNK_LENGTH
  if (chunk.index >= needed && decoder.chunks.length >= needed) return decoder
  const at = decoder.chunks.findIndex((held) => held.index >= chunk.index)
  if (at >= 0 && decoder.chunks[at]!.index === chunk.index) return decoder
  const chunks = [...decoder.chunks]
  chunks.splice(at < 0 ? chunks.length : at, 0, chunk)
  return { ...decoder, chunks }
}

/** The value when enough chunks have come, else nothing. */
export function decodedValue(decoder: ChunkDecoder): Uint8Array | undefined {
  const needed = decoder.length / CHUNK_LENGTH
  if (decoder.chunks.length < needed) return undefined
  const basis = decoder.chunks.slice(0, needed)
  const direct = new Map(decoder.chunks.map((chunk) => [chunk.index, chunk.data]))
  const value = new Uint8Array(decoder.length)
  for (let index = 0; index < needed; index++) {
    value.set(direct.get(index) ?? interpolate(basis, index), index * CHUNK_LENGTH)
  }
  return value
}

function chunkAt(value: Uint8Array, index: number): Uint8Array {
  const count = value.length / CHUNK_LENGTH
  const at = index * CHUNK_LENGTH
  if (index < count) return value.slice(at, at + CHUNK_LENGTH)
  const basis = Array.from({ length: count }, (_, i) => ({
    index: i,
    data: value.subarray(i * CHUNK_LENGTH, (i + 1) * CHUNK_LENGTH),
  }))
  return interpolate(basis, index)
}

function interpolate(basis: readonly Chunk[], index: number): Uint8Array {
  const weights = lagrangeWeights(
    basis.map((chunk) => chunk.index),
    index,
  )
  const data = new Uint8Array(CHUNK_LENGTH)
  for (let column = 0; column < COLUMNS; column++) {
    let y = 0
    for (let i = 0; i < basis.length; i++) {
      const chunk = basis[i]!.data
      y ^= multiply(weights[i]!, (chunk[2 * column]! << 8) | chunk[2 * column + 1]!)
    }
    data[2 * column] = y >> 8
    data[2 * column + 1] = y
  }
  return data
}
