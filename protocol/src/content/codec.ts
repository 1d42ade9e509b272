/**
 * Content to bytes and back: JSON in UTF-8, validated, padded. A peer may send anything at all: what cannot be
 * understood comes back as a value that says so, never as an exception.
 */
import { z } from 'zod'
import { type Content, content, type MessageId, messageId } from './message.ts'
import { padContent, unpadContent } from './padding.ts'

/** `unsupported`: well-formed, but of a kind or version this build does not know. `malformed`: anything else. */
export type Decoded =
  | { ok: true; content: Content }
  | { ok: false; reason: 'unsupported'; id: MessageId; sentAtMs: number }
  | { ok: false; reason: 'malformed' }

const utf8 = new TextDecoder('utf-8', { fatal: true })
const anyHead = z.object({
  v: z.number().int().positive(),
  id: messageId,
  sentAtMs: z.number().int().nonnegative(),
  kind: z.string().max(40),
})
const knownKinds: ReadonlySet<string> = new Set(content.options.map((option) => option.shape.kind.value))

export function encodeContent(value: Content): Uint8Array<ArrayBuffer> {
  return padContent(new TextEncoder().encode(JSON.stringify(z.encode(content, value))))
}

export function decodeContent(padded: Uint8Array): Decoded {
  const json = parseJson(padded)
  const parsed = content.safeParse(json)
  if (parsed.success) return { ok: true, content: parsed.data }
  const head = anyHead.safeParse(json)
  if (head.success && (head.data.v > 1 || !knownKinds.has(head.data.kind))) {
    return { ok: false, reason: 'unsupported', id: head.data.id, sentAtMs: head.data.sentAtMs }
  }
  return { ok: false, reason: 'malformed' }
}

function parseJson(padded: Uint8Array): unknown {
  const plain = unpadContent(padded)
  if (plain === undefined) return undefined
  try {
    return JSON.parse(utf8.decode(plain))
  } catch {
    return undefined
  }
}
