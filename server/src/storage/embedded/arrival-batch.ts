/**
 * The bytes of a batch of arrivals: for each envelope five numbers of 8 bytes (device, sequence, submission, receipt,
 * expiry), its length in 4 bytes, its content. One that is gone keeps its length and is zero otherwise, so that a batch
 * is as long as it was and is overwritten in place. Not concerned with where batches are kept.
 */

export interface Arrival {
  readonly deviceKey: number
  readonly sequence: number
  readonly submissionKey: number
  readonly receivedAtMs: number
  readonly expiresAtMs: number
  readonly content: Uint8Array
}

const HEADER_BYTES = 44
const LENGTH_AT = 40

export function packBatch(arrivals: readonly (Arrival & { gone: boolean })[]): Uint8Array {
  let total = 0
  for (const { content } of arrivals) total += HEADER_BYTES + content.length
  const bytes = Buffer.allocUnsafe(total)
  let at = 0
  for (const arrival of arrivals) {
    const { content } = arrival
    if (arrival.gone) bytes.fill(0, at, at + HEADER_BYTES + content.length)
    else {
      bytes.writeDoubleLE(arrival.deviceKey, at)
      bytes.writeDoubleLE(arrival.sequence, at + 8)
      bytes.writeDoubleLE(arrival.submissionKey, at + 16)
      bytes.writeDoubleLE(arrival.receivedAtMs, at + 24)
      bytes.writeDoubleLE(arrival.expiresAtMs, at + 32)
      bytes.set(content, at + HEADER_BYTES)
    }
    bytes.writeUInt32LE(content.length, at + LENGTH_AT)
    at += HEADER_BYTES + content.length
  }
  return bytes
}

/**
 * Those that are not gone, each with bytes of its own. The batch gets shorter by those that are: whoever keeps it
 * writes it again whole.
 */
export function unpackBatch(packed: Uint8Array): Arrival[] {
  const bytes = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength)
  const arrivals: Arrival[] = []
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUInt32LE(at + LENGTH_AT)
    const sequence = bytes.readDoubleLE(at + 8)
    if (sequence > 0) {
      arrivals.push({
        deviceKey: bytes.readDoubleLE(at),
        sequence,
        submissionKey: bytes.readDoubleLE(at + 16),
        receivedAtMs: bytes.readDoubleLE(at + 24),
        expiresAtMs: bytes.readDoubleLE(at + 32),
        content: new Uint8Array(bytes.subarray(at + HEADER_BYTES, at + HEADER_BYTES + length)),
      })
    }
    at += HEADER_BYTES + length
  }
  return arrivals
}
