/**
 * SQLite through `libsql`: how the file is opened, how statements are used, what its errors mean.
 * Not concerned with transactions.
 */
import Libsql from 'libsql'
import { RelayError } from '../../errors.ts'

export type Engine = InstanceType<typeof Libsql>

export type SqlValue = string | number | Uint8Array | null

/** A prepared statement. Byte columns come back as Uint8Array, absent values as null. */
export interface Statement<Row> {
  get(...values: SqlValue[]): Row | undefined
  all(...values: SqlValue[]): Row[]
  /** Returns the number of rows changed. */
  run(...values: SqlValue[]): number
  /** Returns the rowid of the row inserted. */
  insert(...values: SqlValue[]): number
}

/** 32 MB of log. A checkpoint waits for the disk twice and writes each page once, however often it changed since. */
export const PAGES_BETWEEN_CHECKPOINTS = 8_000

export function prepareStatement<Row>(engine: Engine, sql: string): Statement<Row> {
  let statement = engine.prepare(sql)
  // A statement of libsql that once failed may repeat its failure for ever: it is replaced.
  const attempt = <T>(run: () => T): T => {
    try {
      return run()
    } catch (error) {
      statement = engine.prepare(sql)
      throw error
    }
  }
  // libsql takes a lone object for named parameters, and a byte array is one: values always go in an array.
  return {
    get: (...values) =>
      attempt(() => {
        const row = statement.get(values)
        return row === undefined ? undefined : withByteArrays<Row>(row)
      }),
    all: (...values) => attempt(() => statement.all(values).map((row) => withByteArrays<Row>(row))),
    run: (...values) => attempt(() => statement.run(values).changes),
    insert: (...values) => attempt(() => Number(statement.run(values).lastInsertRowid)),
  }
}

/** Throws RelayError `unavailable` when another process has the file. */
export function openEngine(file: string): Engine {
  const engine = new Libsql(file)
  try {
    // One process per file: the relay keeps who is connected in memory. The system frees the lock on kill -9.
    engine.pragma('locking_mode = EXCLUSIVE')
    engine.pragma('journal_mode = WAL')
    engine.pragma('synchronous = FULL')
    engine.pragma('foreign_keys = ON')
    engine.pragma(`wal_autocheckpoint = ${PAGES_BETWEEN_CHECKPOINTS}`)
    // What is deleted is overwritten, not only unlinked.
    engine.pragma('secure_delete = ON')
  } catch (error) {
    engine.close()
    if (isBusy(error)) throw new RelayError('unavailable', 'another relay is using this data folder')
    throw error
  }
  return engine
}

/** The page limit, the quota, or the disk itself. */
export function isFull(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false
  return error.code === 'SQLITE_FULL' || String(error.code).startsWith('SQLITE_IOERR')
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY'
}

/** SQLite's messages may quote values: only its code goes on. */
export function asRelayError(error: unknown): unknown {
  if (error instanceof RelayError) return error
  if (error instanceof Libsql.SqliteError) return new RelayError('unavailable', `storage: ${error.code}`)
  return error
}

function withByteArrays<Row>(row: unknown): Row {
  const columns = row as Record<string, unknown>
  for (const name in columns) {
    const value = columns[name]
    if (value instanceof ArrayBuffer) columns[name] = new Uint8Array(value)
  }
  return columns as Row
}
