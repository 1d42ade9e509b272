// Where the open file is: on this machine or behind an address; read from any byte on. Its version is what changes when the
// file does. Not concerned with what is in it. The address must give the text itself, not an archive of it.

import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { refuseStatus, toCoded, type Wire, type WireResponse } from '../cobrha/wire/http-wire.ts'
import { DirectoryError } from '../errors.ts'

export interface OpenFile {
  /** at most 100 characters */
  readonly version: string
  readonly modifiedAtMs: number
  /** in bytes */
  readonly length: number
  read(from: number, signal: AbortSignal | undefined): AsyncIterable<Uint8Array>
}

/** @throws DirectoryError `source-unavailable` */
export async function openFileAt(path: string): Promise<OpenFile> {
  const found = await stat(path).catch(() => undefined)
  if (!found?.isFile()) throw new DirectoryError('source-unavailable', 'The open file cannot be read.')
  const modifiedAtMs = Math.floor(found.mtimeMs)
  return {
    version: `${basename(path).slice(0, 60)} ${modifiedAtMs} ${found.size}`,
    modifiedAtMs,
    length: found.size,
    read: (start, signal) => createReadStream(path, { start, ...(signal === undefined ? {} : { signal }) }),
  }
}

/** @throws DirectoryError `source-*` */
export async function openFileBehind(
  url: URL,
  wire: Wire,
  signal: AbortSignal | undefined,
): Promise<OpenFile> {
  const head = await wire.open({ method: 'GET', url, signal })
  head.body.destroy()
  refuseStatus(head.status)
  const { version, modifiedAtMs, length } = describe(head)
  return {
    version,
    modifiedAtMs,
    length,
    async *read(from, stop) {
      const range = from === 0 ? {} : { headers: { Range: `bytes=${from}-` } }
      const response = await wire.open({ method: 'GET', url, ...range, signal: stop })
      refuseStatus(response.status)
      if (describe(response).modifiedAtMs !== modifiedAtMs) {
        response.body.destroy()
        throw new DirectoryError('source-snapshot-replaced', 'The open file was replaced meanwhile.')
      }
      yield* skip(response, response.status === 206 ? 0 : from)
    },
  }
}

function describe({ headers }: WireResponse): Pick<OpenFile, 'version' | 'modifiedAtMs' | 'length'> {
  const modifiedAtMs = Date.parse(headers['last-modified'] ?? '')
  const length = Number(headers['content-range']?.split('/')[1] ?? headers['content-length'])
  if (!(modifiedAtMs >= 0) || !(length >= 0)) {
    throw new DirectoryError(
      'source-malformed',
      'The open file’s address says neither its date nor its length.',
    )
  }
  return { version: `${modifiedAtMs} ${length}`, modifiedAtMs, length }
}

async function* skip({ body }: WireResponse, bytes: number): AsyncIterable<Uint8Array> {
  let left = bytes
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      const kept = chunk.subarray(Math.min(left, chunk.length))
      left -= chunk.length - kept.length
      if (kept.length > 0) yield kept
    }
  } catch (error) {
    throw toCoded(error)
  } finally {
    body.destroy()
  }
}
