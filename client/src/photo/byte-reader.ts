/**
 * Looks at bytes without ever reading past their end. Not concerned with any format.
 */

/** Whether `text` (ASCII) stands at `offset`. */
export function hasAscii(bytes: Uint8Array, offset: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if (bytes[offset + i] !== text.charCodeAt(i)) return false
  }
  return true
}

/** Four bytes as text, for the names of chunks and boxes; unprintable ones become dots. */
export function fourAscii(bytes: Uint8Array, offset: number): string {
  return String.fromCharCode(...bytes.subarray(offset, offset + 4)).replace(/[^ -~]/g, '.')
}

/** Big-endian; NaN past the end, so that no comparison with it holds. */
export function readUint16(bytes: Uint8Array, offset: number): number {
  return readBytes(bytes, offset, 2, false)
}

/** Big-endian; NaN past the end. */
export function readUint32(bytes: Uint8Array, offset: number): number {
  return readBytes(bytes, offset, 4, false)
}

/** Little-endian, 1 to 4 bytes; NaN past the end. */
export function readLittleEndian(bytes: Uint8Array, offset: number, length: number): number {
  return readBytes(bytes, offset, length, true)
}

function readBytes(bytes: Uint8Array, offset: number, length: number, littleEndian: boolean): number {
  let value = 0
  for (let i = 0; i < length; i++) {
    const byte = bytes[littleEndian ? offset + length - 1 - i : offset + i]
    if (byte === undefined) return Number.NaN
    value = value * 256 + byte
  }
  return value
}
