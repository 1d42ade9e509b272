/** Takes one field out of a serialised protobuf. Knows varints and length-delimited fields, which is all libsignal uses here. */
export function withoutField(bytes: Uint8Array, unwanted: number): Uint8Array {
  const kept: number[] = []
  let at = 0
  const varint = () => {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++] ?? 0
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return value
    }
  }
  while (at < bytes.length) {
    const start = at
    const tag = varint()
    const length = varint()
    if (tag % 8 === 2) at += length
    if (Math.floor(tag / 8) !== unwanted) kept.push(...bytes.subarray(start, at))
  }
  return Uint8Array.from(kept)
}
