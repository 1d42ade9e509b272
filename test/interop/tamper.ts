/**
 * A copy of a message with one flipped bit, in the part that is authenticated: all of a session message, the inner
 * message of a prekey message. (Around that, a prekey message holds the handshake, whose registration id is a hint that
 * no MAC covers, as in libsignal.)
 */
import type { CiphertextMessage } from '@pli/crypto'

const INNER_MESSAGE_FIELD = 4

export function tamperedCopy(
  message: CiphertextMessage,
  below: (below: number) => number,
): CiphertextMessage {
  const body = Uint8Array.from(message.body)
  const { start, length } = message.type === 3 ? innerMessage(body) : { start: 0, length: body.length }
  const at = start + below(length)
  body[at] = (body[at] ?? 0) ^ (1 << below(8))
  return { ...message, body }
}

function innerMessage(body: Uint8Array): { start: number; length: number } {
  let at = 1
  const varint = () => {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = body[at++] ?? 0
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
    }
  }
  while (at < body.length) {
    const tag = varint()
    const value = varint()
    if (tag % 8 !== 2) continue
    if (tag >> 3 === INNER_MESSAGE_FIELD) return { start: at, length: value }
    at += value
  }
  throw new Error('prekey message has no inner message')
}
