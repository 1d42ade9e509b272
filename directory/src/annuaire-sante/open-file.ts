// The open file as a snapshot: rows in, people out, a batch at a time. Rows of one person follow each other; those that do
// not are united where they are stored. Reading goes on at the byte where the next person's first row begins.
// Not concerned with where the file is (file-bytes.ts).

import { DirectoryError } from '../errors.ts'
import type { SourceOptions, SourceRow } from '../source/source.ts'
import { type Activity, personIdOf, personOf } from './activity.ts'
import { readByteLines } from './byte-lines.ts'
import { type Cells, readHeader } from './columns.ts'
import type { OpenFile } from './file-bytes.ts'
import { activityOfRow } from './open-file-row.ts'

export interface FileBatch {
  readonly rows: readonly SourceRow[]
  /** in bytes: where the next batch begins */
  readonly nextAt: number
  readonly isLast: boolean
}

const PEOPLE_AT_ONCE = 1_000

/** @throws DirectoryError `source-malformed` for other columns, or when the last row is cut off */
export async function* readOpenFile(
  file: OpenFile,
  from: number,
  { signal }: SourceOptions,
): AsyncGenerator<FileBatch, void, undefined> {
  const header = await readHeaderOf(file, signal)
  const readRow = readHeader(header.text)
  const begin = Math.max(from, header.nextAt)
  let rows: SourceRow[] = []
  let group: Activity[] = []
  const closeGroup = () => {
    if (group.length > 0) rows.push(personOf(group, file.version))
    group = []
  }
  for await (const line of readByteLines(file.read(begin, signal), begin)) {
    const read = readActivity(line.text, readRow)
    if (!line.isWhole && typeof read === 'string') {
      throw new DirectoryError('source-malformed', 'The open file is cut off.')
    }
    if (read === undefined) continue
    const isSame = typeof read !== 'string' && read.idnps === group[0]?.idnps
    if (!isSame) closeGroup()
    if (!isSame && rows.length >= PEOPLE_AT_ONCE) {
      yield { rows, nextAt: line.beginsAt, isLast: false }
      rows = []
    }
    if (typeof read === 'string') rows.push({ kind: 'quarantined', reason: 'row-unreadable' })
    else group.push(read)
  }
  closeGroup()
  yield { rows, nextAt: file.length, isLast: true }
}

async function readHeaderOf(file: OpenFile, signal: AbortSignal | undefined) {
  for await (const { text, isWhole, beginsAt } of readByteLines(file.read(0, signal), 0)) {
    if (text !== undefined && isWhole) return { text, nextAt: beginsAt + Buffer.byteLength(text) + 1 }
    break
  }
  throw new DirectoryError('source-malformed', 'The open file has no header.')
}

/** Undefined for an empty line, a word for one that cannot be read. */
function readActivity(
  text: string | undefined,
  readRow: (row: string) => Cells | undefined,
): Activity | 'unreadable' | undefined {
  if (text === '') return undefined
  const cells = text === undefined ? undefined : readRow(text)
  if (cells === undefined) return 'unreadable'
  const activity = activityOfRow(cells)
  return personIdOf(activity.idnps) === undefined ? 'unreadable' : activity
}
