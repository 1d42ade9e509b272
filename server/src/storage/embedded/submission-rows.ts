/**
 * The rows of a commit's submissions as one value of bytes, taken apart by SQLite: handing over each column of each row
 * by itself costs as much again as keeping it. A record is the two hashes, 32 bytes each, and six numbers in 16 decimal
 * digits, for SQLite reads those and no binary ones. Not concerned with what submissions mean.
 */
import type { Database } from './database.ts'

export interface NewSubmission {
  readonly key: number
  /** 32 bytes. */
  readonly keyHash: Uint8Array
  /** 32 bytes. */
  readonly contentHash: Uint8Array
  readonly receivedAtMs: number
  readonly remaining: number
  readonly forgottenAtMs: number
  /** Where its envelope is, when it has only one. */
  readonly place: { readonly deviceKey: number; readonly sequence: number } | undefined
}

/** So many cost less by themselves than taking a value apart does. */
const FEW = 4
const HASH_BYTES = 32
const DIGITS = 16
const NUMBERS = 6
const RECORD_BYTES = 2 * HASH_BYTES + NUMBERS * DIGITS

/** Inside a write: enters all of them, none of which is there. */
export function prepareInsertSubmissions(database: Database): (rows: readonly NewSubmission[]) => void {
  const number = (index: number) =>
    `CAST(substr(?1, at + ${2 * HASH_BYTES + index * DIGITS}, ${DIGITS}) AS INTEGER)`
  const insert = database.prepare(
    `WITH RECURSIVE records(at) AS
       (VALUES (1) UNION ALL SELECT at + ${RECORD_BYTES} FROM records WHERE at + ${RECORD_BYTES} < length(?1))
     INSERT INTO submissions (submission_key, key_hash, content_hash, received_at_ms, remaining, forgotten_at_ms,
       device_key, sequence, state)
     SELECT ${number(0)}, substr(?1, at, ${HASH_BYTES}), substr(?1, at + ${HASH_BYTES}, ${HASH_BYTES}),
       ${number(1)}, ${number(2)}, ${number(3)}, nullif(${number(4)}, 0), nullif(${number(5)}, 0), 0 FROM records`,
  )
  const insertOne = database.prepare(
    `INSERT INTO submissions (submission_key, key_hash, content_hash, received_at_ms, remaining, forgotten_at_ms,
       device_key, sequence, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)`,
  )
  return (rows) => {
    if (rows.length > FEW) {
      insert.run(pack(rows))
      return
    }
    for (const { key, keyHash, contentHash, receivedAtMs, remaining, forgottenAtMs, place } of rows) {
      const counts = [receivedAtMs, remaining, forgottenAtMs] as const
      insertOne.run(key, keyHash, contentHash, ...counts, place?.deviceKey ?? null, place?.sequence ?? null)
    }
  }
}

function pack(rows: readonly NewSubmission[]): Uint8Array {
  const bytes = Buffer.allocUnsafe(rows.length * RECORD_BYTES)
  let at = 0
  for (const { key, keyHash, contentHash, receivedAtMs, remaining, forgottenAtMs, place } of rows) {
    bytes.set(keyHash, at)
    bytes.set(contentHash, at + HASH_BYTES)
    const times = digits(receivedAtMs) + digits(remaining) + digits(forgottenAtMs)
    const numbers = digits(key) + times + digits(place?.deviceKey ?? 0) + digits(place?.sequence ?? 0)
    bytes.write(numbers, at + 2 * HASH_BYTES, 'latin1')
    at += RECORD_BYTES
  }
  return bytes
}

function digits(value: number): string {
  return String(value).padStart(DIGITS, '0')
}
