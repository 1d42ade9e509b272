/**
 * A small protobuf writer and bounded reader: varints, 64-bit fixed numbers and length-delimited fields, which is all
 * that the protocol's messages use.
 *
 * Source: https://protobuf.dev/programming-guides/encoding/. As protobuf (and libsignal's decoder) has it: unknown
 * fields are skipped, the last of several values of a field that is not repeated counts, zero-valued fields of "proto2
 * optional" shape are written when the caller says so.
 *
 * Not concerned with which fields a message has: see the callers.
 */
import { CryptoError } from '../errors.ts'

const WIRE_VARINT = 0
const WIRE_FIXED64 = 1
const WIRE_BYTES = 2
const WIRE_FIXED32 = 5

const FIRST_CAPACITY = 512
const KEPT_CAPACITY = 32_768

// the buffer of the writer that finished last: most messages are written one after the other
let idleBuffer: Uint8Array | undefined

/** Writes fields in the order of the calls; `undefined` values are left out. Used once: `finish` ends it. */
export class ProtobufWriter {
  #buffer = takeBuffer()
  #length = 0

  /** @param value a whole number from 0 to 2^53 − 1 */
  uint(field: number, value: number | undefined): this {
    if (value === undefined) return this
    this.#varint(field * 8 + WIRE_VARINT)
    this.#varint(value)
    return this
  }

  bool(field: number, value: boolean | undefined): this {
    return value === undefined ? this : this.uint(field, value ? 1 : 0)
  }

  bytes(field: number, value: Uint8Array | undefined): this {
    if (value === undefined) return this
    this.#varint(field * 8 + WIRE_BYTES)
    this.#varint(value.length)
    this.#reserve(value.length)
    this.#buffer.set(value, this.#length)
    this.#length += value.length
    return this
  }

  text(field: number, value: string | undefined): this {
    return value === undefined ? this : this.bytes(field, new TextEncoder().encode(value))
  }

  /** 8 bytes, least significant first. */
  fixed64(field: number, value: bigint | undefined): this {
    if (value === undefined) return this
    this.#varint(field * 8 + WIRE_FIXED64)
    this.#reserve(8)
    new DataView(this.#buffer.buffer, this.#length, 8).setBigUint64(0, value, true)
    this.#length += 8
    return this
  }

  /** A message inside this one, written by `write` without a buffer of its own; left out when there is no value. */
  nest<T>(field: number, value: T | undefined, write: (writer: ProtobufWriter, value: T) => void): this {
    if (value === undefined) return this
    this.#varint(field * 8 + WIRE_BYTES)
    this.#reserve(1)
    const start = ++this.#length
    write(this, value)
    const length = this.#length - start
    const extra = varintLength(length) - 1
    this.#reserve(extra)
    if (extra > 0) this.#buffer.copyWithin(start + extra, start, start + length)
    this.#length = start - 1
    this.#put(length)
    this.#length += length
    return this
  }

  finish(): Uint8Array<ArrayBuffer> {
    const written = this.#buffer.slice(0, this.#length)
    this.#buffer.fill(0, 0, this.#length)
    if (this.#buffer.length <= KEPT_CAPACITY) idleBuffer = this.#buffer
    this.#buffer = NO_BYTES
    this.#length = 0
    return written
  }

  #varint(value: number): void {
    requireWhole(value)
    this.#reserve(8)
    this.#put(value)
  }

  // there must be room for it
  #put(value: number): void {
    const buffer = this.#buffer
    let rest = value
    // beyond 31 bits only division is exact
    for (; rest > 0x7fff_ffff; rest = Math.floor(rest / 128)) buffer[this.#length++] = (rest % 128) | 128
    for (; rest >= 128; rest >>>= 7) buffer[this.#length++] = (rest & 127) | 128
    buffer[this.#length++] = rest
  }

  #reserve(length: number): void {
    if (this.#length + length <= this.#buffer.length) return
    const grown = new Uint8Array(Math.max(2 * this.#buffer.length, this.#length + length, FIRST_CAPACITY))
    grown.set(this.#buffer.subarray(0, this.#length))
    // what is written may be secret
    this.#buffer.fill(0, 0, this.#length)
    this.#buffer = grown
  }
}

const NO_BYTES = new Uint8Array()

function takeBuffer(): Uint8Array<ArrayBufferLike> {
  const buffer = idleBuffer ?? new Uint8Array(FIRST_CAPACITY)
  idleBuffer = undefined
  return buffer
}

function varintLength(value: number): number {
  let length = 1
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) length++
  return length
}

function requireWhole(value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new CryptoError('invalid_argument', 'a varint is a whole number from 0 to 2^53 - 1')
  }
}

/** Unsigned LEB128 of a whole number from 0 to 2^53 − 1. */
export function encodeVarint(value: number): Uint8Array {
  requireWhole(value)
  const bytes: number[] = []
  let rest = value
  while (rest >= 128) {
    bytes.push((rest % 128) | 128)
    rest = Math.floor(rest / 128)
  }
  bytes.push(rest)
  return Uint8Array.from(bytes)
}

/** One decoded field: a number for varints, a bigint for fixed64, bytes for the rest. */
type FieldValue = number | bigint | Uint8Array

export interface ReadLimits {
  /** Longest message accepted, in bytes. */
  readonly maxLength: number
  /** Most fields accepted, unknown ones included. */
  readonly maxFields?: number
  /** Whether byte values are copies; otherwise they are views into the input. */
  readonly copies?: boolean
}

/** The decoded fields of one message, by number. */
export class ProtobufMessage {
  readonly #fields: ReadonlyMap<number, readonly FieldValue[]>

  constructor(fields: ReadonlyMap<number, readonly FieldValue[]>) {
    this.#fields = fields
  }

  has(field: number): boolean {
    return this.#fields.has(field)
  }

  /** The number of a varint field, or nothing. @throws CryptoError `malformed` when it is of another kind. */
  uint(field: number): number | undefined {
    return this.#last(field, isNumber)
  }

  /** As `uint`, and at most 32 bits. */
  uint32(field: number): number | undefined {
    const value = this.uint(field)
    if (value !== undefined && value > 0xffff_ffff) throw malformed('number has more than 32 bits')
    return value
  }

  fixed64(field: number): bigint | undefined {
    return this.#last(field, isBigInt)
  }

  bytes(field: number): Uint8Array | undefined {
    return this.#last(field, isBytes)
  }

  /** @throws CryptoError `malformed` when absent, of another kind, or of another length than `length` if given. */
  requireBytes(field: number, length?: number): Uint8Array {
    const value = this.bytes(field)
    if (value === undefined) throw malformed('a required field is absent')
    if (length !== undefined && value.length !== length) throw malformed('a field has the wrong length')
    return value
  }

  /** @throws CryptoError `malformed` when absent, of another kind, or over 32 bits. */
  requireUint32(field: number): number {
    const value = this.uint32(field)
    if (value === undefined) throw malformed('a required field is absent')
    return value
  }

  /** Every value of a repeated length-delimited field, in order. */
  repeatedBytes(field: number): readonly Uint8Array[] {
    const values = this.#fields.get(field) ?? []
    if (!values.every(isBytes)) throw malformed('a field has the wrong kind')
    return values
  }

  #last<T extends FieldValue>(field: number, isKind: (value: FieldValue) => value is T): T | undefined {
    const values = this.#fields.get(field)
    const value = values?.[values.length - 1]
    if (value === undefined) return undefined
    if (!isKind(value)) throw malformed('a field has the wrong kind')
    return value
  }
}

/**
 * Decodes a message.
 *
 * @throws CryptoError `too_large` beyond the limits; `malformed` on truncation, field number 0, an overlong varint, a
 *   number beyond 2^53 − 1, or a group
 */
export function readProtobuf(input: Uint8Array, limits: ReadLimits): ProtobufMessage {
  if (input.length > limits.maxLength) throw new CryptoError('too_large', 'message is longer than its limit')
  const maxFields = limits.maxFields ?? 64
  const fields = new Map<number, FieldValue[]>()
  const cursor = { at: 0 }
  for (let count = 0; cursor.at < input.length; count++) {
    if (count >= maxFields) throw new CryptoError('too_large', 'message has more fields than its limit')
    const tag = readVarint(input, cursor)
    const field = Math.floor(tag / 8)
    if (field === 0 || field > 0x1fff_ffff) throw malformed('field number out of range')
    const value = readValue(input, cursor, tag % 8, limits.copies ?? false)
    const values = fields.get(field)
    if (values) values.push(value)
    else fields.set(field, [value])
  }
  return new ProtobufMessage(fields)
}

/** A position in a byte string, moved on by reading. */
export interface Cursor {
  at: number
}

/** Reads one varint of at most ten bytes. @throws CryptoError `malformed` */
export function readVarint(input: Uint8Array, cursor: Cursor): number {
  let value = 0
  let scale = 1
  for (let i = 0; i < 10; i++) {
    const byte = input[cursor.at++]
    if (byte === undefined) throw malformed('message is truncated')
    value += (byte & 0x7f) * scale
    if (value > Number.MAX_SAFE_INTEGER) throw malformed('number is beyond 2^53 - 1')
    if (byte < 0x80) return value
    scale *= 128
  }
  throw malformed('number has more than ten bytes')
}

function readValue(input: Uint8Array, cursor: Cursor, wireType: number, copies: boolean): FieldValue {
  switch (wireType) {
    case WIRE_VARINT:
      return readVarint(input, cursor)
    case WIRE_FIXED64: {
      const bytes = take(input, cursor, 8)
      return new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true)
    }
    case WIRE_BYTES:
      return take(input, cursor, readVarint(input, cursor), copies)
    case WIRE_FIXED32:
      return take(input, cursor, 4)
    default:
      throw malformed('unsupported wire type')
  }
}

function take(input: Uint8Array, cursor: Cursor, length: number, copies = false): Uint8Array {
  const end = cursor.at + length
  if (end > input.length) throw malformed('message is truncated')
  const bytes = copies ? input.slice(cursor.at, end) : input.subarray(cursor.at, end)
  cursor.at = end
  return bytes
}

function malformed(message: string): CryptoError {
  return new CryptoError('malformed', message)
}

const isNumber = (value: FieldValue): value is number => typeof value === 'number'
const isBigInt = (value: FieldValue): value is bigint => typeof value === 'bigint'
const isBytes = (value: FieldValue): value is Uint8Array => value instanceof Uint8Array
