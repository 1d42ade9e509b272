/**
 * Writing as proto3 does: numbers that are 0 and byte strings that are empty are left out, so that stored records are
 * the same bytes as libsignal's.
 *
 * Not concerned with the wire messages, which are proto2: absent and zero differ there.
 */
import type { ProtobufMessage, ProtobufWriter } from './protobuf.ts'

export function writeNumber(writer: ProtobufWriter, field: number, value: number): void {
  if (value !== 0) writer.uint(field, value)
}

export function writeBytes(writer: ProtobufWriter, field: number, value: Uint8Array): void {
  if (value.length > 0) writer.bytes(field, value)
}

/** A number field, 0 when absent. */
export function readNumber(message: ProtobufMessage, field: number): number {
  return message.uint(field) ?? 0
}

/** A bytes field, empty when absent. */
export function readBytes(message: ProtobufMessage, field: number): Uint8Array {
  return message.bytes(field) ?? new Uint8Array()
}
