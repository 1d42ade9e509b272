// The whole register, in batches, from where a former reader stopped.
// Source: that there is a full snapshot is public, its form is not. Assumed: a manifest (version, number of people,
// place in the feed of notifications) and rows as gzipped JSON lines that can be asked for from any row on.
// Not concerned with keeping what is read (sync/).

import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { DirectoryError } from '../../errors.ts'
import type { SnapshotBatch, SourceRow } from '../../source/source.ts'
import { refuseStatus } from '../wire/http-wire.ts'
import { DEFAULT_PAUSE_MS, DEFAULT_TRIES, withRetries } from '../wire/retry.ts'
import { readGzippedLines } from './ndjson-lines.ts'
import { writePosition } from './position.ts'
import { readRecord } from './record.ts'
import { getJson, type RegisterConnection, refuseMissingVersion, tryJson } from './register-connection.ts'

const BATCH_ROWS = 1_000
const MAX_PEOPLE = 20_000_000

const manifestSchema = z.object({
  version: z.string().regex(/^[A-Za-z0-9._-]{1,100}$/),
  people: z.number().int().min(0).max(MAX_PEOPLE),
  sequence: z.number().int().min(0),
  asOf: z.iso.datetime(),
})

type Manifest = z.infer<typeof manifestSchema>

/** @param after a cursor that a batch came with: `version@rows` */
export async function* readSnapshot(
  connection: RegisterConnection,
  after: string | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<SnapshotBatch, void, undefined> {
  const from = after === undefined ? { version: 'latest', rows: 0 } : readCursor(after)
  const manifest = await getJson(connection, `snapshots/${from.version}`, manifestSchema, signal)
  if (manifest === undefined && after === undefined)
    throw new DirectoryError('source-malformed', 'The register has no snapshot at this address.')
  if (manifest === undefined)
    throw new DirectoryError('source-snapshot-replaced', 'The register offers this snapshot no more.')
  let rowsRead = from.rows
  if (rowsRead >= manifest.people) {
    yield toBatch(manifest, [], rowsRead)
    return
  }
  const { tries = DEFAULT_TRIES, pauseMs = DEFAULT_PAUSE_MS } = connection.retry
  for (let inVain = 0; rowsRead < manifest.people; ) {
    const before = rowsRead
    const batches = await startReading(connection, manifest, rowsRead, signal)
    try {
      for await (const rows of batches) {
        rowsRead += rows.length
        yield toBatch(manifest, rows, rowsRead)
      }
      if (rowsRead < manifest.people)
        throw new DirectoryError('source-malformed', 'The snapshot has fewer people than were announced.')
    } catch (error) {
      if (signal?.aborted) throw signal.reason
      // A connection that broke is taken up again, however often, as long as each one brings us further.
      inVain = rowsRead > before ? 0 : inVain + 1
      if (!isCutOff(error) || inVain >= tries) throw error
      await sleep(pauseMs, undefined, signal === undefined ? {} : { signal })
    }
  }
}

const isCutOff = (error: unknown): boolean =>
  error instanceof DirectoryError && error.code === 'source-unavailable'

/** Opens the rows after so many; what it gives breaks off with `source-unavailable` if the connection does. */
async function startReading(
  { wire, base, retry, lookUp }: RegisterConnection,
  manifest: Manifest,
  after: number,
  signal: AbortSignal | undefined,
): Promise<AsyncGenerator<SourceRow[], void, undefined>> {
  const url = new URL(`snapshots/${manifest.version}/rows?after=${after}`, base)
  const { body } = await withRetries(
    async () => {
      const response = await wire.open({ method: 'GET', url, signal })
      if (response.status === 200) return response
      response.body.destroy()
      refuseMissingVersion(response.status)
      refuseStatus(response.status)
      throw new DirectoryError('source-malformed', 'The rows of the snapshot were not given.')
    },
    { ...retry, signal },
  )
  return batchRows(readGzippedLines(body), manifest.people - after, lookUp)
}

async function* batchRows(
  lines: AsyncIterable<string | undefined>,
  expected: number,
  lookUp: (ssin: string) => string,
): AsyncGenerator<SourceRow[], void, undefined> {
  let rows: SourceRow[] = []
  let seen = 0
  try {
    for await (const line of lines) {
      seen += 1
      if (seen > expected)
        throw new DirectoryError('source-malformed', 'The snapshot has more people than were announced.')
      rows.push(readRecord(line === undefined ? undefined : tryJson(line), lookUp))
      // The last batch waits for the end: rows beyond it must not be missed.
      if (rows.length < BATCH_ROWS || seen === expected) continue
      yield rows
      rows = []
    }
  } catch (error) {
    if (!isCutOff(error) || rows.length === 0) throw error
    // What arrived whole is kept, so that every connection brings us further.
    yield rows
    throw error
  }
  if (rows.length > 0) yield rows
}

function toBatch(manifest: Manifest, rows: readonly SourceRow[], rowsRead: number): SnapshotBatch {
  return {
    version: manifest.version,
    totalPeople: manifest.people,
    rows,
    cursor: `${manifest.version}@${rowsRead}`,
    feedPosition: writePosition({ sequence: manifest.sequence, asOfMs: Date.parse(manifest.asOf) }),
    isLast: rowsRead >= manifest.people,
  }
}

function readCursor(cursor: string): { version: string; rows: number } {
  const [, version, rows] = /^([A-Za-z0-9._-]{1,100})@(\d{1,9})$/.exec(cursor) ?? []
  if (version === undefined || rows === undefined)
    throw new DirectoryError('source-snapshot-replaced', 'The place in the snapshot is not of this register.')
  return { version, rows: Number(rows) }
}
