/**
 * The directory's SQLite file through `libsql`: one process writes, others read at the same time (WAL, no exclusive
 * lock), so that a register can be taken in while the relay runs. Not concerned with any table.
 */
import { DirectoryError } from '@pli/directory'
import Engine from 'libsql'

export type SqlValue = string | number | Uint8Array | null

export interface Statement<Row> {
  get(...values: SqlValue[]): Row | undefined
  all(...values: SqlValue[]): Row[]
  /** Returns the number of rows changed. */
  run(...values: SqlValue[]): number
}

export interface DirectoryDatabase {
  prepare<Row>(sql: string): Statement<Row>
  execute(sql: string): void
  /** All of it on disk, or nothing of it, and what `stage` wrote before with it. */
  write<T>(work: () => T): T
  /** All of it or nothing, whenever this process is killed; a power cut may take the latest of these away. */
  stage<T>(work: () => T): T
  close(): void
}

const BUSY_TIMEOUT_MS = 10_000

/** Opens or creates the file; its folder must exist. Throws DirectoryError `store-unavailable`. */
export function openDirectoryDatabase(file: string): DirectoryDatabase {
  const engine = guard(() => new Engine(file, { timeout: BUSY_TIMEOUT_MS }))
  guard(() => {
    engine.pragma('journal_mode = WAL')
    engine.pragma('synchronous = FULL')
    // A snapshot is hundreds of megabytes that are written once: indexes stay in memory while it is staged.
    engine.pragma('cache_size = -65536')
    engine.pragma('wal_autocheckpoint = 8000')
  })
  return {
    prepare: (sql) => prepare(engine, sql),
    execute: (sql) => guard(() => void engine.exec(sql)),
    write: (work) => transact(engine, work),
    stage: (work) => {
      guard(() => engine.pragma('synchronous = NORMAL'))
      try {
        return transact(engine, work)
      } finally {
        guard(() => engine.pragma('synchronous = FULL'))
      }
    },
    close: () => engine.close(),
  }
}

function prepare<Row>(engine: InstanceType<typeof Engine>, sql: string): Statement<Row> {
  const statement = guard(() => engine.prepare(sql))
  return {
    get: (...values) => guard(() => statement.get(values) as Row | undefined),
    all: (...values) => guard(() => statement.all(values) as Row[]),
    run: (...values) => guard(() => statement.run(values).changes),
  }
}

function transact<T>(engine: InstanceType<typeof Engine>, work: () => T): T {
  guard(() => void engine.exec('BEGIN IMMEDIATE'))
  try {
    const result = work()
    guard(() => void engine.exec('COMMIT'))
    return result
  } catch (error) {
    // A full disk may have ended the transaction already.
    if (engine.inTransaction) engine.exec('ROLLBACK')
    throw error
  }
}

/** SQLite's messages may quote values: only its code goes on. */
function guard<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof Engine.SqliteError)) throw error
    throw new DirectoryError('store-unavailable', `The directory’s database says ${error.code}.`)
  }
}
