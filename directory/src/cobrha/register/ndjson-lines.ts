// Lines of a gzipped stream, one after the other, in bounded memory.
// Not concerned with what is on a line.

import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { createGunzip } from 'node:zlib'
import { DirectoryError } from '../../errors.ts'
import { toCoded } from '../wire/http-wire.ts'

/** A person with the fifty practices that are allowed has less. */
const MAX_LINE_CHARACTERS = 128 * 1024
/** Beyond this it is no list of people. */
const MAX_SKIPPED_CHARACTERS = 16 * 1024 * 1024

/**
 * Lines without their ends; undefined for one that is too long to be kept. A last line without an end is a line that
 * was cut off and is not given.
 * @throws DirectoryError `source-unavailable` if the stream breaks off, `source-malformed` if it is no gzip,
 * `source-too-large` if one line has no end
 */
export async function* readGzippedLines(body: Readable): AsyncGenerator<string | undefined, void, undefined> {
  const gunzip = createGunzip()
  // What arrived before the connection broke is still read to its end.
  let broken: Error | undefined
  body.on('error', (error) => {
    broken = error
    gunzip.end()
  })
  body.pipe(gunzip)
  const decoder = new StringDecoder('utf8')
  let rest = ''
  let skipped = 0
  try {
    for await (const chunk of gunzip) {
      const pieces = (rest + decoder.write(chunk)).split('\n')
      rest = pieces.pop() ?? ''
      for (const piece of pieces) {
        yield skipped > 0 || piece.length > MAX_LINE_CHARACTERS ? undefined : piece
        skipped = 0
      }
      if (skipped > 0 || rest.length > MAX_LINE_CHARACTERS) {
        skipped += rest.length
        rest = ''
      }
      if (skipped > MAX_SKIPPED_CHARACTERS)
        throw new DirectoryError('source-too-large', 'A row of the snapshot has no end.')
    }
    if (broken !== undefined) throw broken
  } catch (error) {
    throw broken === undefined && isNotGzip(error)
      ? new DirectoryError('source-malformed', 'The snapshot is not compressed as agreed.')
      : toCoded(broken ?? error)
  } finally {
    body.destroy()
    gunzip.destroy()
  }
}

const isNotGzip = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'Z_DATA_ERROR'
