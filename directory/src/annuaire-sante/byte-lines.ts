// Lines of a stream of bytes with the place where each begins, in bounded memory: so that reading can go on there.
// Not concerned with what is on a line.

import { DirectoryError } from '../errors.ts'

export interface ByteLine {
  /** without its end; undefined for one that is too long to be kept or is no UTF-8 */
  readonly text: string | undefined
  /** in bytes from the beginning of the file */
  readonly beginsAt: number
  /** false for a last line without an end */
  readonly isWhole: boolean
}

/** 56 cells of a directory entry have far less. */
const MAX_LINE_BYTES = 32 * 1024
/** Beyond this it is no file of lines. */
const MAX_SKIPPED_BYTES = 16 * 1024 * 1024
const NEWLINE = 10

/** @throws DirectoryError `source-too-large` if a line has no end */
export async function* readByteLines(
  chunks: AsyncIterable<Uint8Array>,
  beginsAt: number,
): AsyncGenerator<ByteLine, void, undefined> {
  let at = beginsAt
  let pieces: Uint8Array[] = []
  let length = 0
  for await (const chunk of chunks) {
    for (let from = 0; from < chunk.length; ) {
      const end = chunk.indexOf(NEWLINE, from)
      const piece = chunk.subarray(from, end === -1 ? chunk.length : end)
      length += piece.length
      if (length <= MAX_LINE_BYTES) pieces.push(piece)
      if (length > MAX_SKIPPED_BYTES)
        throw new DirectoryError('source-too-large', 'A row of the file has no end.')
      if (end === -1) break
      yield { text: decode(pieces, length), beginsAt: at, isWhole: true }
      at += length + 1
      from = end + 1
      pieces = []
      length = 0
    }
  }
  if (length > 0) yield { text: decode(pieces, length), beginsAt: at, isWhole: false }
}

function decode(pieces: readonly Uint8Array[], length: number): string | undefined {
  if (length > MAX_LINE_BYTES) return undefined
  const text = (pieces.length === 1 ? Buffer.from(pieces[0] ?? []) : Buffer.concat(pieces)).toString('utf8')
  return text.includes('\uFFFD') ? undefined : text.replace(/\r$/, '')
}
