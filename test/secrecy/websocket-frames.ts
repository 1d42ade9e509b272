/**
 * Reads what clients put into WebSocket frames. Clients mask their frames with a key of their choice (RFC 6455, 5.3), so
 * that a search of the raw stream would find nothing, whatever was sent. Not concerned with answering.
 */

export interface Frame {
  payload: Buffer
  frameBytes: number
}

/** The first whole frame of `bytes`, unmasked; undefined when there is none yet. */
export function readFrame(bytes: Buffer): Frame | undefined {
  if (bytes.length < 2) return undefined
  const masked = (bytes.readUInt8(1) & 0x80) !== 0
  const short = bytes.readUInt8(1) & 0x7f
  const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0
  const headBytes = 2 + lengthBytes + (masked ? 4 : 0)
  if (bytes.length < headBytes) return undefined
  const length =
    lengthBytes === 0 ? short : lengthBytes === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2))
  if (bytes.length < headBytes + length) return undefined
  const payload = Buffer.from(bytes.subarray(headBytes, headBytes + length))
  if (masked) unmask(payload, bytes.subarray(headBytes - 4, headBytes))
  return { payload, frameBytes: headBytes + length }
}

function unmask(payload: Buffer, key: Buffer): void {
  for (let at = 0; at < payload.length; at += 1) payload[at] = payload.readUInt8(at) ^ key.readUInt8(at & 3)
}
