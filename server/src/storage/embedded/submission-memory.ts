/**
 * Which submissions there were, found by their idempotency key's hash. The rows of a commit are written together. Their
 * keys lie in no order, and entering each into its own page of an index would cost a page per message; so the latest
 * some thousand are found in memory, and enter the table of keys sorted, a few with each commit.
 * Not concerned with envelopes, nor with what a repetition means.
 */
import type { Database } from './database.ts'
import type { SqlValue, Statement } from './engine.ts'

export interface RememberedSubmission {
  keyHash: Uint8Array
  contentHash: Uint8Array
  receivedAtMs: number
  forgottenAtMs: number
  envelopes: number
  /** Where its envelope is, when it has only one. */
  place: { deviceKey: number; sequence: number } | undefined
}

export interface SubmissionRow {
  content_hash: Uint8Array
  received_at_ms: number
  state: number
  device_key: number | null
  sequence: number | null
}

const ROWS_AT_ONCE = 25
/** So many gather before they are sorted and enter the table of keys. */
const GATHERED = 6_000
const FINGERPRINT_BYTES = 8

export class SubmissionMemory {
  readonly #statements
  /** Those that the table of keys need not have yet: by the hash, as a string of its bytes, which is kept cheaply. */
  readonly #unindexed = new Map<string, number>()
  #gathering: string[] = []
  /** Sorted, and entered up to `#entered`: all submissions up to a key that are not in the table yet. */
  #entering: string[] = []
  #entered = 0
  #enteringUpTo = 0
  #unwritten: SqlValue[][] = []
  #lastKey = 0
  #loaded = false

  constructor(database: Database) {
    this.#statements = prepareStatements(database)
    database.beforeCommit(() => this.write())
    database.onRollback(() => {
      this.#loaded = false
    })
  }

  find(keyHash: Uint8Array): SubmissionRow | undefined {
    this.#load()
    const submissionKey = this.#unindexed.get(nameOf(keyHash))
    if (submissionKey === undefined)
      return this.#statements.byFingerprint.get(fingerprintOf(keyHash), keyHash)
    const unwritten = this.#unwritten.find(([key]) => key === submissionKey)
    return unwritten ? toRow(unwritten) : this.#statements.byKey.get(submissionKey)
  }

  /** Inside a write. Returns the submission's key. */
  remember({ keyHash, contentHash, envelopes, place, ...times }: RememberedSubmission): number {
    this.#load()
    this.#lastKey += 1
    const submissionKey = this.#lastKey
    const { receivedAtMs, forgottenAtMs } = times
    const counts = [receivedAtMs, envelopes, forgottenAtMs, place?.deviceKey ?? null, place?.sequence ?? null]
    this.#unwritten.push([submissionKey, keyHash, contentHash, ...counts])
    this.#gather(nameOf(keyHash), submissionKey)
    return submissionKey
  }

  /** Inside a write: from here on the table has everything. Done before each commit in any case. */
  write(): void {
    if (!this.#loaded || this.#unwritten.length === 0) return
    const rows = this.#unwritten
    insertAll(rows, this.#statements.insertMany, this.#statements.insert)
    this.#unwritten = []
    // With what needs room itself only, and faster than new ones come.
    this.#index(2 * rows.length)
  }

  /** Inside a write: forgets the oldest that are due, at most so many. Returns how many they were. */
  forget(nowMs: number, limit: number): number {
    this.#load()
    this.write()
    const forgotten = this.#statements.forget.all(nowMs, limit)
    for (const { submission_key: submissionKey, key_hash: keyHash } of forgotten) {
      this.#unindexed.delete(nameOf(keyHash))
      this.#statements.forgetKey.run(fingerprintOf(keyHash), submissionKey)
    }
    return forgotten.length
  }

  #gather(name: string, submissionKey: number): void {
    this.#unindexed.set(name, submissionKey)
    this.#gathering.push(name)
  }

  #index(atMost: number): void {
    if (this.#entering.length === 0 && this.#gathering.length >= GATHERED) {
      this.#entering = this.#gathering.sort()
      this.#gathering = []
      this.#entered = 0
      this.#enteringUpTo = this.#lastKey
    }
    if (this.#entering.length === 0) return
    const some = this.#entering.slice(this.#entered, this.#entered + atMost)
    const rows: SqlValue[][] = []
    for (const name of some) {
      const submissionKey = this.#unindexed.get(name)
      // One that was forgotten and came anew belongs to those that gather now.
      if (submissionKey === undefined || submissionKey > this.#enteringUpTo) continue
      rows.push([fingerprintOfName(name), submissionKey])
    }
    insertAll(rows, this.#statements.indexMany, this.#statements.index)
    this.#entered += some.length
    if (this.#entered === this.#entering.length) this.#endIndexing()
  }

  #endIndexing(): void {
    for (const name of this.#entering) {
      if ((this.#unindexed.get(name) ?? 0) <= this.#enteringUpTo) this.#unindexed.delete(name)
    }
    this.#entering = []
    this.#statements.setIndexed.run(this.#enteringUpTo)
  }

  #load(): void {
    if (this.#loaded) return
    this.#unindexed.clear()
    this.#gathering = []
    this.#entering = []
    this.#unwritten = []
    this.#lastKey = Math.max(this.#lastKey, this.#statements.lastKey.get()?.last ?? 0)
    for (const { submission_key: submissionKey, key_hash: keyHash } of this.#statements.unindexed.all()) {
      this.#gather(nameOf(keyHash), submissionKey)
    }
    this.#loaded = true
  }
}

function prepareStatements(database: Database) {
  const columns = 'content_hash, received_at_ms, state, device_key, sequence'
  const insert = `INSERT INTO submissions (submission_key, key_hash, content_hash, received_at_ms, remaining,
    forgotten_at_ms, device_key, sequence, state) VALUES `
  // It may be there already: after a rollback the same ones are entered again.
  const index = 'INSERT OR IGNORE INTO submission_keys (fingerprint, submission_key) VALUES '
  const many = (row: string) => Array.from({ length: ROWS_AT_ONCE }, () => row).join(', ')
  return {
    insert: database.prepare(`${insert} (?, ?, ?, ?, ?, ?, ?, ?, 0)`),
    insertMany: database.prepare(insert + many('(?, ?, ?, ?, ?, ?, ?, ?, 0)')),
    index: database.prepare(`${index} (?, ?)`),
    indexMany: database.prepare(index + many('(?, ?)')),
    setIndexed: database.prepare('UPDATE submissions_indexed SET up_to = ?'),
    byKey: database.prepare<SubmissionRow>(`SELECT ${columns} FROM submissions WHERE submission_key = ?`),
    byFingerprint: database.prepare<SubmissionRow>(
      `SELECT ${columns} FROM submission_keys JOIN submissions USING (submission_key)
       WHERE fingerprint = ? AND key_hash = ?`,
    ),
    unindexed: database.prepare<{ submission_key: number; key_hash: Uint8Array }>(
      `SELECT submission_key, key_hash FROM submissions
       WHERE submission_key > (SELECT up_to FROM submissions_indexed) ORDER BY submission_key`,
    ),
    lastKey: database.prepare<{ last: number | null }>(
      "SELECT max(seq) AS last FROM sqlite_sequence WHERE name = 'submissions'",
    ),
    forget: database.prepare<{ submission_key: number; key_hash: Uint8Array }>(
      `DELETE FROM submissions WHERE submission_key IN
         (SELECT submission_key FROM submissions WHERE forgotten_at_ms <= ? ORDER BY forgotten_at_ms LIMIT ?)
       RETURNING submission_key, key_hash`,
    ),
    forgetKey: database.prepare('DELETE FROM submission_keys WHERE fingerprint = ? AND submission_key = ?'),
  }
}

function insertAll(rows: SqlValue[][], many: Statement<unknown>, one: Statement<unknown>): void {
  let at = 0
  for (; at + ROWS_AT_ONCE <= rows.length; at += ROWS_AT_ONCE) {
    many.run(...rows.slice(at, at + ROWS_AT_ONCE).flat())
  }
  for (; at < rows.length; at += 1) one.run(...rows[at]!)
}

function toRow([, , contentHash, receivedAtMs, , , deviceKey, sequence]: SqlValue[]): SubmissionRow {
  return {
    content_hash: contentHash as Uint8Array,
    received_at_ms: receivedAtMs as number,
    state: 0,
    device_key: deviceKey as number | null,
    sequence: sequence as number | null,
  }
}

function nameOf(keyHash: Uint8Array): string {
  return Buffer.from(keyHash.buffer, keyHash.byteOffset, keyHash.byteLength).toString('latin1')
}

function fingerprintOf(keyHash: Uint8Array): Uint8Array {
  return keyHash.subarray(0, FINGERPRINT_BYTES)
}

function fingerprintOfName(name: string): Uint8Array {
  return Buffer.from(name.slice(0, FINGERPRINT_BYTES), 'latin1')
}
