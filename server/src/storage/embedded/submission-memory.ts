/**
 * Which submissions there were, found by their idempotency key's hash. The rows of a commit are written together. Their
 * keys lie in no order, and entering each into its own page of an index would cost a page per message; so the latest
 * some thousand are found in memory, and enter the table of keys sorted, a few with each commit.
 * Not concerned with envelopes, nor with what a repetition means.
 */
import type { Database } from './database.ts'
import { fingerprintOf, fingerprintOfName, KnownKeys, nameOf } from './known-keys.ts'
import { type NewSubmission, prepareInsertSubmissions } from './submission-rows.ts'

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

/** So many gather before they are sorted and enter the table of keys. */
const GATHERED = 6_000
/** So few cost less by themselves than together. Never kept for later: each is a page, and one commit would write all. */
const FEW = 8

export class SubmissionMemory {
  readonly #statements
  readonly #insert
  readonly #known: KnownKeys
  /** Those that the table of keys need not have yet: by the hash, as a string of its bytes, which is kept cheaply. */
  readonly #unindexed = new Map<string, number>()
  #gathering: string[] = []
  /** Sorted, and entered up to `#entered`: all submissions up to a key that are not in the table yet. */
  #entering: string[] = []
  #entered = 0
  #enteringUpTo = 0
  #unwritten: NewSubmission[] = []
  #lastKey = 0
  #loaded = false

  constructor(database: Database) {
    this.#statements = prepareStatements(database)
    this.#insert = prepareInsertSubmissions(database)
    this.#known = new KnownKeys(database)
    database.beforeCommit(() => this.write())
    database.onRollback(() => {
      this.#loaded = false
    })
  }

  /** Outside of a write: one will come that looks for this hash. */
  expect(keyHash: Uint8Array): void {
    this.#known.expect(keyHash)
  }

  find(keyHash: Uint8Array): SubmissionRow | undefined {
    this.#load()
    const name = nameOf(keyHash)
    const submissionKey = this.#unindexed.get(name)
    if (submissionKey === undefined) {
      if (this.#known.isAbsent(name)) return undefined
      return this.#statements.byFingerprint.get(fingerprintOf(keyHash), keyHash)
    }
    const unwritten = this.#unwritten.find(({ key }) => key === submissionKey)
    return unwritten ? toRow(unwritten) : this.#statements.byKey.get(submissionKey)
  }

  /** Inside a write. Returns the submission's key. */
  remember({ keyHash, contentHash, envelopes, place, ...times }: RememberedSubmission): number {
    this.#load()
    this.#lastKey += 1
    const submissionKey = this.#lastKey
    this.#unwritten.push({ key: submissionKey, keyHash, contentHash, remaining: envelopes, place, ...times })
    this.#gather(nameOf(keyHash), submissionKey)
    return submissionKey
  }

  /** Inside a write: from here on the table has everything. Done before each commit in any case. */
  write(): void {
    this.#known.forget()
    if (!this.#loaded || this.#unwritten.length === 0) return
    const rows = this.#unwritten
    this.#insert(rows)
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
      this.#entering = sortByBytes(this.#gathering)
      this.#gathering = []
      this.#entered = 0
      this.#enteringUpTo = this.#lastKey
    }
    if (this.#entering.length === 0) return
    const some = this.#entering.slice(this.#entered, this.#entered + atMost)
    const keys: number[] = []
    const isFew = some.length <= FEW
    for (const name of some) {
      const submissionKey = this.#unindexed.get(name)
      // Forgotten meanwhile. One that came anew may enter now: gathered again, it is not found here any more.
      if (submissionKey === undefined) continue
      if (isFew) this.#statements.indexOne.run(fingerprintOfName(name), submissionKey)
      else keys.push(submissionKey)
      this.#unindexed.delete(name)
    }
    if (keys.length > 0) this.#statements.index.run(JSON.stringify(keys))
    this.#entered += some.length
    if (this.#entered < this.#entering.length) return
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
  return {
    // They may be there already: after a rollback the same ones are entered again.
    index: database.prepare(
      `INSERT OR IGNORE INTO submission_keys
       SELECT substr(key_hash, 1, 8), submission_key FROM json_each(?) CROSS JOIN submissions ON submission_key = value`,
    ),
    indexOne: database.prepare(
      'INSERT OR IGNORE INTO submission_keys (fingerprint, submission_key) VALUES (?, ?)',
    ),
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

function toRow({ contentHash, receivedAtMs, place }: NewSubmission): SubmissionRow {
  return {
    content_hash: contentHash,
    received_at_ms: receivedAtMs,
    state: 0,
    device_key: place?.deviceKey ?? null,
    sequence: place?.sequence ?? null,
  }
}

/** By the first four bytes, which is order enough for neighbours to share a page. */
function sortByBytes(names: readonly string[]): string[] {
  const order = new Float64Array(names.length)
  for (const [index, name] of names.entries()) {
    const first = (name.charCodeAt(0) << 8) | name.charCodeAt(1)
    const second = (name.charCodeAt(2) << 8) | name.charCodeAt(3)
    order[index] = (first * 65_536 + second) * names.length + index
  }
  return Array.from(order.sort(), (place) => names[place % names.length]!)
}
