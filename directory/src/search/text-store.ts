// Many short texts in a few large buffers outside the garbage collector's heap: what is shown of a person is read from
// here for the twenty rows of a page, and costs nothing while nobody asks.
// Not concerned with what the texts say. A text holds no line feed: it ends one.

import { GrowingColumn } from './growing-column.ts'

const CHUNK_BYTES = 4 * 1024 * 1024
const LINE_FEED = 10
/** UTF-8 needs at most this many bytes for one UTF-16 unit. */
const MAX_BYTES_PER_UNIT = 3

export interface TextStore {
  /** @returns the number of the text, from 0 */
  append(text: string): number
  read(number: number): string
  /** The text from its `skip`th byte to the next `end` byte; a whole text has none. */
  readUntil(number: number, skip: number, end: number): string
}

export function createTextStore(): TextStore {
  const chunks: Buffer[] = []
  const places = new GrowingColumn()
  let used = CHUNK_BYTES
  const from = (number: number): { chunk: Buffer; start: number } => {
    const place = places.values()[number] ?? 0
    return { chunk: chunks[Math.floor(place / CHUNK_BYTES)] ?? Buffer.alloc(0), start: place % CHUNK_BYTES }
  }
  return {
    append(text) {
      const most = text.length * MAX_BYTES_PER_UNIT + 1
      if (most > CHUNK_BYTES) throw new RangeError('a text longer than a chunk')
      if (used + most > CHUNK_BYTES) {
        chunks.push(Buffer.allocUnsafeSlow(CHUNK_BYTES))
        used = 0
      }
      const chunk = chunks.at(-1) as Buffer
      places.push((chunks.length - 1) * CHUNK_BYTES + used)
      used += chunk.write(text, used)
      chunk[used++] = LINE_FEED
      return places.length - 1
    },
    read(number) {
      const { chunk, start } = from(number)
      return chunk.toString('utf8', start, chunk.indexOf(LINE_FEED, start))
    },
    readUntil(number, skip, end) {
      const { chunk, start } = from(number)
      return chunk.toString('latin1', start + skip, chunk.indexOf(end, start + skip))
    },
  }
}
