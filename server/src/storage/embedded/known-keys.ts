/**
 * Which of the submissions about to be judged are new, asked of the table of keys all together: nearly all are, and to
 * ask for each by itself cost more than to keep it. What is concluded here holds until something enters that table.
 * Not concerned with keys that are in memory.
 */
import type { Database } from './database.ts'

const FINGERPRINT_BYTES = 8
/** For fewer, asking one by one costs less. */
const WORTH_ASKING = 6

export class KnownKeys {
  readonly #find
  #expected: Uint8Array[] = []
  readonly #absent = new Set<string>()

  constructor(database: Database) {
    this.#find = database.prepare<{ fingerprint: Uint8Array }>(
      `WITH RECURSIVE asked(at) AS
         (VALUES (1) UNION ALL SELECT at + ${FINGERPRINT_BYTES} FROM asked WHERE at + ${FINGERPRINT_BYTES} < length(?1))
       SELECT fingerprint FROM asked CROSS JOIN submission_keys
         ON fingerprint = substr(?1, at, ${FINGERPRINT_BYTES})`,
    )
  }

  /** This hash will be asked for soon. */
  expect(keyHash: Uint8Array): void {
    this.#expected.push(keyHash)
  }

  /** True: the table has no such key. False: it may have. */
  isAbsent(name: string): boolean {
    if (this.#expected.length > 0) this.#ask()
    return this.#absent.has(name)
  }

  /** Keys may have entered the table, or the turn's writes are through. */
  forget(): void {
    this.#expected = []
    this.#absent.clear()
  }

  #ask(): void {
    const expected = this.#expected
    this.#expected = []
    if (expected.length < WORTH_ASKING) return
    const asked = Buffer.allocUnsafe(expected.length * FINGERPRINT_BYTES)
    for (const [index, keyHash] of expected.entries()) {
      asked.set(fingerprintOf(keyHash), index * FINGERPRINT_BYTES)
    }
    const found = new Set(this.#find.all(asked).map(({ fingerprint }) => nameOf(fingerprint)))
    for (const keyHash of expected) {
      const name = nameOf(keyHash)
      if (!found.has(name.slice(0, FINGERPRINT_BYTES))) this.#absent.add(name)
    }
  }
}

/** A hash as a string of its bytes, which is kept and looked up cheaply. */
export function nameOf(keyHash: Uint8Array): string {
  return Buffer.from(keyHash.buffer, keyHash.byteOffset, keyHash.byteLength).toString('latin1')
}

/** What the table of keys has of a hash. */
export function fingerprintOf(keyHash: Uint8Array): Uint8Array {
  return keyHash.subarray(0, FINGERPRINT_BYTES)
}

export function fingerprintOfName(name: string): Uint8Array {
  return Buffer.from(name.slice(0, FINGERPRINT_BYTES), 'latin1')
}
