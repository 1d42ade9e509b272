/**
 * One SQLite file through `libsql`, with group commit: every write that arrives in one turn of the event loop, or
 * while a commit runs, shares one transaction, and each caller is answered only after that COMMIT is on disk.
 * The engine is synchronous, so nothing can come between BEGIN and COMMIT. Not concerned with any table.
 */
import { RelayError } from '../../errors.ts'
import { asRelayError, type Engine, isFull, openEngine, prepareStatement, type Statement } from './engine.ts'
import { type FreeRoom, watchFreeRoom } from './free-room.ts'

export interface DatabaseOptions {
  /** Holds every commit this long, as a slower disk would: for measuring. Milliseconds. */
  commitDelayMs?: number
  /** What the disk has left: for tests of a full one. */
  freeBytes?: () => number
  /** Called with the engine once it is open: for whoever plays its faults. */
  opened?: (database: Database) => void
}

export interface WriteOptions {
  /** May wait a few milliseconds for another write's commit to share. */
  patient?: boolean
  /** Deletes: still done when the disk is full. */
  givesRoom?: boolean
}

interface Job {
  work(): unknown
  givesRoom: boolean
  resolve(value: unknown): void
  reject(error: unknown): void
  result?: unknown
  failed?: unknown
}

/** Bounds how long one transaction keeps the event loop and how much a failed COMMIT takes with it. */
const JOBS_PER_COMMIT = 1_000
const PATIENCE_MS = 5
/** Writes in the last group from which the relay counts as busy, and how long it then gathers at most. */
const BUSY_GROUP = 40
const GATHER_MS = 8

export class Database {
  readonly #engine: Engine
  readonly #begin: Statement<unknown>
  readonly #commit: Statement<unknown>
  readonly #savepoint: Statement<unknown>
  readonly #release: Statement<unknown>
  readonly #commitDelayMs: number
  readonly #freeRoom: FreeRoom
  readonly #commitListeners: (() => void)[] = []
  readonly #rollbackListeners: (() => void)[] = []
  readonly #closeListeners: (() => void)[] = []
  #jobs: Job[] = []
  #scheduled = false
  #patience: NodeJS.Timeout | undefined
  #closed = false
  #gathered = 0
  #lastGroup = 0
  #lastCommitMs = 0

  /** Throws RelayError `unavailable` when another process has the file. */
  constructor(file: string, { commitDelayMs = 0, freeBytes, opened }: DatabaseOptions = {}) {
    this.#engine = openEngine(file)
    this.#commitDelayMs = commitDelayMs
    this.#freeRoom = watchFreeRoom(file, freeBytes)
    this.#begin = this.prepare('BEGIN IMMEDIATE')
    this.#commit = this.prepare('COMMIT')
    this.#savepoint = this.prepare('SAVEPOINT job')
    this.#release = this.prepare('RELEASE job')
    opened?.(this)
  }

  prepare<Row>(sql: string): Statement<Row> {
    return prepareStatement(this.#engine, sql)
  }

  /** Runs statements outside any group, at start-up only. */
  execute(sql: string): void {
    this.#engine.exec(sql)
  }

  /**
   * `listener` is called inside the transaction once its writes have run: to write together what they gathered. Before
   * a single write may be undone by itself it is called as well, so that the tables have everything before it.
   */
  beforeCommit(listener: () => void): void {
    this.#commitListeners.push(listener)
  }

  /** `listener` is called whenever writes were undone: what was concluded from them in memory does not hold. */
  onRollback(listener: () => void): void {
    this.#rollbackListeners.push(listener)
  }

  /** `listener` is called inside the last transaction of a clean stop. */
  onClose(listener: () => void): void {
    this.#closeListeners.push(listener)
  }

  /**
   * Queues one write. It is atomic by itself: when `work` throws, its own changes go and its neighbours stay. `work`
   * may run more than once and keeps nothing of an earlier run. Resolves with what it returned, after the COMMIT.
   */
  write<T>(work: () => T, options: WriteOptions = {}): Promise<T> {
    if (this.#closed) return Promise.reject(new RelayError('unavailable', 'the store is closed'))
    return new Promise<T>((resolve, reject) => {
      const { patient = false, givesRoom = false } = options
      this.#jobs.push({ work, resolve: resolve as (value: unknown) => void, reject, givesRoom })
      if (!patient) this.#schedule()
      else this.#patience ??= setTimeout(() => this.#schedule(), PATIENCE_MS)
    })
  }

  /** To be asked before what comes in bulk is written: it is refused as soon as the disk has little left. */
  refusalOfBulk(): RelayError | undefined {
    return this.#freeRoom.isShort() ? new RelayError('unavailable', 'the disk is nearly full') : undefined
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
    void this.write(() => {
      for (const listener of this.#closeListeners) listener()
    }).catch(() => {})
    this.#closed = true
    while (this.#jobs.length > 0) this.#flush()
    clearTimeout(this.#patience)
    try {
      this.#letGo()
    } catch {
      // A full disk: the log stays as it is, and the next start reads it.
    }
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
      if (this.#gathersMore()) {
        this.#schedule()
        return
      }
      this.#flush()
      if (this.#jobs.length > 0) this.#schedule()
    })
  }

  /**
   * While each turn of the event loop brings more, a busy relay goes on gathering: larger groups wait for the disk less
   * often. A quiet one does not, and nobody waits for what does not come.
   */
  #gathersMore(): boolean {
    const cameMore = this.#jobs.length > this.#gathered
    this.#gathered = this.#jobs.length
    if (!cameMore || this.#lastGroup < BUSY_GROUP || this.#jobs.length >= JOBS_PER_COMMIT) return false
    return performance.now() - this.#lastCommitMs < GATHER_MS
  }

  #flush(): void {
    clearTimeout(this.#patience)
    this.#patience = undefined
    const group = this.#jobs.splice(0, JOBS_PER_COMMIT)
    // Savepoints cost as much as the writes between them, and hardly any write fails: first without.
    if (!this.#tryGroup(group, (job) => job.work())) this.#flushCarefully(group)
    for (const job of group) {
      if (job.failed === undefined) job.resolve(job.result)
      else job.reject(asRelayError(job.failed))
    }
    this.#gathered = 0
    this.#lastGroup = group.length
    this.#lastCommitMs = performance.now()
  }

  /** Each write may fail alone; on a full disk those go through that give room. */
  #flushCarefully(group: Job[]): void {
    const failure = this.#runGroup(group, (job) => this.#runJob(job))
    if (failure === undefined) return
    for (const job of group) job.failed = failure
    const giving = group.filter((job) => job.givesRoom)
    if (!isFull(failure) || giving.length === 0) return
    // What the log holds is moved into place, if there is room for it, and the log begins anew.
    try {
      this.#engine.pragma('wal_checkpoint(PASSIVE)')
    } catch {
      return
    }
    for (const job of giving) delete job.failed
    const again = this.#runGroup(giving, (job) => this.#runJob(job))
    if (again !== undefined) for (const job of giving) job.failed = again
  }

  #tryGroup(group: Job[], run: (job: Job) => unknown): boolean {
    return (
      this.#runGroup(group, (job) => {
        job.result = run(job)
      }) === undefined
    )
  }

  /** One transaction. Returns what it failed with; then nothing of it is left. */
  #runGroup(group: Job[], run: (job: Job) => void): unknown {
    try {
      this.#begin.run()
      for (const job of group) run(job)
      for (const listener of this.#commitListeners) listener()
      this.#commit.run()
      if (this.#commitDelayMs > 0)
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, this.#commitDelayMs)
      return undefined
    } catch (error) {
      if (this.#engine.inTransaction) this.#engine.exec('ROLLBACK')
      for (const listener of this.#rollbackListeners) listener()
      return error ?? new Error('a write failed')
    }
  }

  #runJob(job: Job): void {
    for (const listener of this.#commitListeners) listener()
    this.#savepoint.run()
    try {
      job.result = job.work()
    } catch (error) {
      // A full disk may have ended the whole transaction: then there is no savepoint to return to.
      if (!this.#engine.inTransaction || isFull(error)) throw error
      this.#engine.exec('ROLLBACK TO job')
      for (const listener of this.#rollbackListeners) listener()
      job.failed = error
    }
    this.#release.run()
  }
}
