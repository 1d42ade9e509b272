/** The frames of the bare WebSocket subject: one byte kind, four bytes number, four bytes addressee, then content. */
export const SUBMIT = 1
export const SUBMITTED = 2
export const DELIVER = 3
export const ACKNOWLEDGE = 4
export const ACKNOWLEDGED = 5

const HEADER_BYTES = 9
const NOTHING = Buffer.alloc(0)

export function frame(kind: number, number: number, to: number, content: Uint8Array = NOTHING): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + content.length)
  bytes.writeUInt8(kind, 0)
  bytes.writeUInt32BE(number, 1)
  bytes.writeUInt32BE(to, 5)
  bytes.set(content, HEADER_BYTES)
  return bytes
}

export function readFrame(bytes: Buffer): { kind: number; number: number; to: number; content: Buffer } {
  return {
    kind: bytes.readUInt8(0),
    number: bytes.readUInt32BE(1),
    to: bytes.readUInt32BE(5),
    content: bytes.subarray(HEADER_BYTES),
  }
}
