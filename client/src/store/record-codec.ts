/**
 * Values to bytes and back: CBOR (RFC 8949), with Uint8Array as byte strings. The logical key and group travel
 * inside, since outside only their opaque names are seen. What opens under the data key was written by us: types
 * are trusted from here on. Not concerned with sealing.
 */
import { decode, encode } from 'cborg'
import { ClientError } from '../errors.ts'

/** Version of this layout: first element of every record. */
const LAYOUT = 1

export interface PlainRecord {
  key: string
  group: string
  value: unknown
}

export function encodeRecord(record: PlainRecord): Uint8Array {
  return encode([LAYOUT, record.key, record.group, withoutUndefined(record.value)])
}

/** Throws `storage_damaged`. */
export function decodeRecord(bytes: Uint8Array): PlainRecord {
  const parts: unknown = decode(bytes)
  if (!Array.isArray(parts) || parts[0] !== LAYOUT) throw new ClientError('storage_damaged')
  return { key: String(parts[1]), group: String(parts[2]), value: parts[3] }
}

/** Absent and undefined are one thing here: the second would come back as a property that is there. */
function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined)
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  const kept = Object.entries(value).filter(([, part]) => part !== undefined)
  return Object.fromEntries(kept.map(([name, part]) => [name, withoutUndefined(part)]))
}
