/**
 * Padding of content before encryption: 0x80, then zeros, to 160·n − 1 bytes, as Signal does, so that the length of
 * an envelope says little. Not concerned with attachments, which have a padding of their own.
 */
const BLOCK_BYTES = 160

export function padContent(plain: Uint8Array): Uint8Array<ArrayBuffer> {
  const blocks = Math.ceil((plain.length + 2) / BLOCK_BYTES)
  const padded = new Uint8Array(blocks * BLOCK_BYTES - 1)
  padded.set(plain)
  padded[plain.length] = 0x80
  return padded
}

/** Undefined when the terminator is missing. */
export function unpadContent(padded: Uint8Array): Uint8Array | undefined {
  let end = padded.length - 1
  while (end >= 0 && padded[end] === 0) end -= 1
  return end >= 0 && padded[end] === 0x80 ? padded.subarray(0, end) : undefined
}
