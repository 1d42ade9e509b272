/**
 * One SQLite file through `libsql`, with group commit: every write that arrives in one turn of the event loop, or
 * while a commit runs, shares one transaction, and each caller is answered only after that COMMIT is on disk.
 * The engine is synchronous, so nothing can come between BEGIN and COMMIT. Not concerned with any table.
 */
import Engine from 'libsql'
import { RelayError } from '../../errors.ts'

export type SqlValue = string | number | Uint8Array | null

/** A prepared statement. Byte columns come back as Uint8Array, absent values as null. */
export interface Statement<Row> {
  get(...values: SqlValue[]): Row | undefined
  all(...values: SqlValue[]): Row[]
  /** Returns the number of rows changed. */
  run(...values: SqlValue[]): number
}

export interface DatabaseOptions {
  /** Holds every commit this long, as a slower disk would: for measuring. Milliseconds. */
  commitDelayMs?: number
}

interface Job {
  work(): unknown
  resolve(value: unknown): void
  reject(error: unknown): void
  result?: unknown
  failed?: unknown
}

/** Bounds how long one transaction keeps the event loop and how much a failed COMMIT takes with it. */
const JOBS_PER_COMMIT = 1_000

export class Database {
  readonly #engine: InstanceType<typeof Engine>
  readonly #begin: Statement<unknown>
  readonly #commit: Statement<unknown>
  readonly #savepoint: Statement<unknown>
  readonly #release: Statement<unknown>
  readonly #commitDelayMs: number
  #jobs: Job[] = []
  #scheduled = false
  #closed = false

  /** Throws RelayError `unavailable` when another process has the file. */
  constructor(file: string, { commitDelayMs = 0 }: DatabaseOptions = {}) {
    this.#engine = openEngine(file)
    this.#commitDelayMs = commitDelayMs
    this.#begin = this.prepare('BEGIN IMMEDIATE')
    this.#commit = this.prepare('COMMIT')
    this.#savepoint = this.prepare('SAVEPOINT job')
    this.#release = this.prepare('RELEASE job')
  }

  prepare<Row>(sql: string): Statement<Row> {
    const statement = this.#engine.prepare(sql)
    // libsql takes a lone object for named parameters, and a byte array is one: values always go in an array.
    return {
      get(...values) {
        const row = statement.get(values)
        return row === undefined ? undefined : withByteArrays<Row>(row)
      },
      all: (...values) => statement.all(values).map((row) => withByteArrays<Row>(row)),
      run: (...values) => statement.run(values).changes,
    }
  }

  /** Runs statements outside any group, at start-up only. */
  execute(sql: string): void {
    this.#engine.exec(sql)
  }

  /**
   * Queues one write. It is atomic by itself: when `work` throws, its own changes go and its neighbours stay.
   * Resolves with what `work` returned, after the COMMIT.
   */
  write<T>(work: () => T): Promise<T> {
    if (this.#closed) return Promise.reject(new RelayError('unavailable', 'the store is closed'))
    return new Promise<T>((resolve, reject) => {
      this.#jobs.push({ work, resolve: (value) => resolve(value as T), reject })
      this.#schedule()
    })
  }

  /** Reads what is committed. */
  async read<T>(work: () => T): Promise<T> {
    if (this.#closed) throw new RelayError('unavailable', 'the store is closed')
    try {
      return work()
    } catch (error) {
      throw asRelayError(error)
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    while (this.#jobs.length > 0) this.#flush()
    this.#letGo()
    this.#engine.close()
  }

  /**
   * libsql keeps the file open until its prepared statements are collected as garbage, and with it the lock; so the
   * lock is given back first, which SQLite does only outside WAL mode. Leaving WAL mode also empties the WAL.
   */
  #letGo(): void {
    this.#engine.pragma('journal_mode = DELETE')
    this.#engine.pragma('locking_mode = NORMAL')
    this.#engine.prepare('SELECT count(*) FROM sqlite_schema').get([])
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    // After the poll phase: everything the sockets brought in this turn is in the group.
    setImmediate(() => {
      this.#scheduled = false
      if (this.#jobs.length === 0) return
      this.#flush()
      if (this.#jobs.length > 0) this.#schedule()
    })
  }

  #flush(): void {
    const group = this.#jobs.splice(0, JOBS_PER_COMMIT)
    try {
      this.#begin.run()
      for (const job of group) this.#runJob(job)
      this.#commit.run()
      if (this.#commitDelayMs > 0)
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, this.#commitDelayMs)
    } catch (error) {
      if (this.#engine.inTransaction) this.#engine.exec('ROLLBACK')
      for (const job of group) job.reject(asRelayError(error))
      return
    }
    for (const job of group) {
      if ('failed' in job) job.reject(asRelayError(job.failed))
      else job.resolve(job.result)
    }
  }

  #runJob(job: Job): void {
    this.#savepoint.run()
    try {
      job.result = job.work()
    } catch (error) {
      // A full disk may have ended the whole transaction: then there is no savepoint to return to.
      if (!this.#engine.inTransaction) throw error
      this.#engine.exec('ROLLBACK TO job')
      job.failed = error
    }
    this.#release.run()
  }
}

function openEngine(file: string): InstanceType<typeof Engine> {
  const engine = new Engine(file)
  try {
    // One process per file: the relay keeps who is connected in memory. The system frees the lock on kill -9.
    engine.pragma('locking_mode = EXCLUSIVE')
    engine.pragma('journal_mode = WAL')
    engine.pragma('synchronous = FULL')
    engine.pragma('foreign_keys = ON')
    // What is deleted is overwritten, not only unlinked.
    engine.pragma('secure_delete = ON')
  } catch (error) {
    engine.close()
    if (isBusy(error)) throw new RelayError('unavailable', 'another relay is using this data folder')
    throw error
  }
  return engine
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY'
}

/** SQLite's messages may quote values: only its code goes on. */
function asRelayError(error: unknown): unknown {
  if (error instanceof RelayError) return error
  if (error instanceof Engine.SqliteError) return new RelayError('unavailable', `storage: ${error.code}`)
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
