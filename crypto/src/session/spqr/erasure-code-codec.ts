/**
 * Encoders and decoders of the erasure code as libsignal stores them: protobuf `PolynomialEncoder` and
 * `PolynomialDecoder`, by columns of field elements instead of by chunks.
 *
 * libsignal's encoder comes in two forms: the value's points or, once it has gone beyond them, the polynomials'
 * coefficients. Both are read; the points are written, from which libsignal derives the rest.
 *
 * Source: SparsePostQuantumRatchet `src/encoding/polynomial.rs`.
 */
import { CryptoError } from '../../errors.ts'
import { writeNumber } from '../../wire/proto3.ts'
import { type ProtobufWriter, readProtobuf } from '../../wire/protobuf.ts'
import { CHUNK_LENGTH, type Chunk, type ChunkDecoder, type ChunkEncoder } from './erasure-code.ts'
import { multiply } from './galois-field.ts'

const COLUMNS = 16
// a decoder holds fewer than twice the chunks it needs: 36 for the longest value
const MAX_CHUNKS = 80
const LIMITS = { maxLength: 16_384, maxFields: 64 }

// The value of an encoder never changes while it hands out its chunks, so its columns are made once.
const columnsOfValues = new WeakMap<Uint8Array, readonly Uint8Array[]>()

export function writeEncoder(writer: ProtobufWriter, { nextIndex, value }: ChunkEncoder): void {
  writeNumber(writer, 1, nextIndex)
  for (const column of columnsOf(value)) writer.bytes(2, column)
}

/** @param length the value's length in bytes, which the phase fixes */
export function decodeEncoder(bytes: Uint8Array, length: number): ChunkEncoder {
  const message = readProtobuf(bytes, LIMITS)
  const nextIndex = message.uint32(1) ?? 0
  const points = message.repeatedBytes(2)
  const columns = points.length > 0 ? points : message.repeatedBytes(3).map(evaluateFromZero)
  return { nextIndex, value: valueFromColumns(columns, length) }
}

export function writeDecoder(writer: ProtobufWriter, { length, chunks }: ChunkDecoder): void {
  writer.uint(1, length / 2).uint(2, COLUMNS)
  const points = new Uint8Array(4 * chunks.length)
  for (let column = 0; column < COLUMNS; column++) {
    for (let i = 0; i < chunks.length; i++) {
      const { index, data } = chunks[i]!
      points[4 * i] = index >> 8
      points[4 * i + 1] = index
      points[4 * i + 2] = data[2 * column]!
      points[4 * i + 3] = data[2 * column + 1]!
    }
    writer.bytes(3, points)
  }
}

/** @param length the value's length in bytes, which the phase fixes */
export function decodeDecoder(bytes: Uint8Array, length: number): ChunkDecoder {
  const message = readProtobuf(bytes, LIMITS)
  if (message.uint(1) !== length / 2) throw invalid()
  const columns = message.repeatedBytes(3)
  const count = (columns[0]?.length ?? 1) / 4
  if (columns.length !== COLUMNS || !Number.isInteger(count) || count > MAX_CHUNKS) throw invalid()
  if (columns.some((column) => column.length !== 4 * count)) throw invalid()
  const chunks = Array.from({ length: count }, (_, i) => chunkFromColumns(columns, i))
  if (chunks.some((chunk, i) => i > 0 && chunk.index <= chunks[i - 1]!.index)) throw invalid()
  return { length, chunks }
}

// every column holds the same abscissas: values are whole chunks
function chunkFromColumns(columns: readonly Uint8Array[], position: number): Chunk {
  const data = new Uint8Array(CHUNK_LENGTH)
  const at = 4 * position
  const first = columns[0]!
  columns.forEach((column, i) => {
    if (column[at] !== first[at] || column[at + 1] !== first[at + 1]) throw invalid()
    data.set(column.subarray(at + 2, at + 4), 2 * i)
  })
  return { index: (first[at]! << 8) | first[at + 1]!, data }
}

function columnsOf(value: Uint8Array): readonly Uint8Array[] {
  const known = columnsOfValues.get(value)
  if (known) return known
  const columns = Array.from({ length: COLUMNS }, (_, column) => columnOf(value, column))
  columnsOfValues.set(value, columns)
  return columns
}

function columnOf(value: Uint8Array, column: number): Uint8Array {
  const rows = value.length / CHUNK_LENGTH
  const bytes = new Uint8Array(2 * rows)
  for (let row = 0; row < rows; row++) {
    const at = row * CHUNK_LENGTH + 2 * column
    bytes[2 * row] = value[at]!
    bytes[2 * row + 1] = value[at + 1]!
  }
  return bytes
}

function valueFromColumns(columns: readonly Uint8Array[], length: number): Uint8Array {
  const columnLength = length / COLUMNS
  if (columns.length !== COLUMNS || columns.some((column) => column.length !== columnLength)) throw invalid()
  const value = new Uint8Array(length)
  columns.forEach((column, i) => {
    for (let row = 0; row < columnLength / 2; row++) {
      const at = row * CHUNK_LENGTH + 2 * i
      value[at] = column[2 * row]!
      value[at + 1] = column[2 * row + 1]!
    }
  })
  return value
}

// a polynomial of n coefficients, lowest first, at 0 … n − 1
function evaluateFromZero(coefficients: Uint8Array): Uint8Array {
  const count = coefficients.length >> 1
  const points = new Uint8Array(2 * count)
  for (let x = 0; x < count; x++) {
    let y = 0
    for (let i = count - 1; i >= 0; i--) {
      y = multiply(y, x) ^ ((coefficients[2 * i]! << 8) | coefficients[2 * i + 1]!)
    }
    points.set([y >> 8, y & 0xff], 2 * x)
  }
  return points
}

function invalid(): CryptoError {
  return new CryptoError('invalid_session', 'stored ratchet value has the wrong shape')
}
