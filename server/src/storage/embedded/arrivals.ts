/**
 * Where envelopes lie until it shows whether their devices are there: what one commit brings is a few rows of some
 * 64 KB, and most of it is acknowledged moments later and never costs a row of its own. What still waits when its batch
 * is old moves on to the table `envelopes`. Here too an acknowledged envelope's bytes are overwritten in the commit that
 * takes it away. All of it is in memory as well, within bounds; after a rollback that is read again.
 * Not concerned with submissions, nor with how long queues are.
 */
import type { Arrival } from './arrival-batch.ts'
import { packBatch, unpackBatch } from './arrival-batch.ts'
import type { Database } from './database.ts'

/** Larger ones are rows of `envelopes` from the start: packing them would cost more than it saves. */
export const ARRIVAL_AT_MOST_BYTES = 8 * 1024

interface Batch {
  readonly key: number
  readonly arrivals: Placed[]
  readonly sinceMs: number
  bytes: number
  waiting: number
}

interface Placed extends Arrival {
  readonly batch: Batch
  gone: boolean
}

/** Devices of which nothing waits here stay known, up to so many: most are back at once. */
const DEVICES_KEPT = 20_000

const BATCH_BYTES = 64 * 1024
const STAYS_MS = 1_500
/** What the batches hold at most, together. */
const BYTES_KEPT = 8 * 1024 * 1024

export class Arrivals {
  readonly #statements
  readonly #byDevice = new Map<number, Map<number, Placed>>()
  /** As they are in the table, the oldest first. */
  readonly #batches = new Set<Batch>()
  /** Of those, the ones whose row is to be written again. */
  readonly #changed = new Set<Batch>()
  /** Of the transaction under way, not in the table yet. */
  #fresh: Batch[] = []
  #lastKey = 0
  #bytes = 0
  #loaded = false

  constructor(database: Database) {
    this.#statements = prepareStatements(database)
    database.beforeCommit(() => this.#write())
    database.onRollback(() => {
      this.#loaded = false
    })
    database.onClose(() => this.settle())
  }

  /** Inside a write, in the order of sequences. */
  enter(arrival: Arrival): void {
    this.#load()
    const size = arrival.content.length
    let batch = this.#fresh.at(-1)
    if (!batch || batch.bytes + size > BATCH_BYTES) {
      this.#lastKey += 1
      batch = { key: this.#lastKey, arrivals: [], sinceMs: performance.now(), bytes: 0, waiting: 0 }
      this.#fresh.push(batch)
    }
    this.#place(arrival, batch)
  }

  /** Inside a write: the device has it. Returns the submission's key as it was entered; undefined when it is not here. */
  take(deviceKey: number, sequence: number): number | undefined {
    this.#load()
    const placed = this.#byDevice.get(deviceKey)?.get(sequence)
    if (!placed) return undefined
    this.#forget(placed)
    if (this.#batches.has(placed.batch)) this.#changed.add(placed.batch)
    return placed.submissionKey
  }

  waits(deviceKey: number, sequence: number): boolean {
    this.#load()
    return this.#byDevice.get(deviceKey)?.has(sequence) ?? false
  }

  /** Of one device, in the order of sequences. */
  of(deviceKey: number): Arrival[] {
    this.#load()
    return [...(this.#byDevice.get(deviceKey)?.values() ?? [])]
  }

  countOf(deviceKey: number): number {
    this.#load()
    return this.#byDevice.get(deviceKey)?.size ?? 0
  }

  /** Inside a write: whatever waits becomes a row of `envelopes`. */
  settle(): void {
    this.#load()
    for (const batch of [...this.#batches, ...this.#fresh]) this.#settle(batch)
    this.#fresh = []
  }

  /** Inside a write: settles if something here has expired. */
  settleExpired(nowMs: number): void {
    this.#load()
    const hasExpired = ({ gone, expiresAtMs }: Placed) => !gone && expiresAtMs <= nowMs
    const batches = [...this.#batches, ...this.#fresh]
    if (batches.some(({ arrivals }) => arrivals.some(hasExpired))) this.settle()
  }

  #place(arrival: Arrival, batch: Batch): void {
    const { deviceKey, sequence, submissionKey, receivedAtMs, expiresAtMs, content } = arrival
    const placed: Placed = {
      deviceKey,
      sequence,
      submissionKey,
      receivedAtMs,
      expiresAtMs,
      content,
      batch,
      gone: false,
    }
    batch.arrivals.push(placed)
    batch.bytes += content.length
    batch.waiting += 1
    this.#bytes += content.length
    let ofDevice = this.#byDevice.get(deviceKey)
    if (!ofDevice) {
      ofDevice = new Map()
      this.#byDevice.set(deviceKey, ofDevice)
    }
    ofDevice.set(sequence, placed)
  }

  #forget(placed: Placed): void {
    const { deviceKey, sequence } = placed
    const ofDevice = this.#byDevice.get(deviceKey)
    ofDevice?.delete(sequence)
    if (ofDevice?.size === 0 && this.#byDevice.size > DEVICES_KEPT) this.#byDevice.delete(deviceKey)
    placed.gone = true
    placed.batch.waiting -= 1
  }

  /** What is deleted goes first: its pages are there for what comes. */
  #write(): void {
    if (!this.#loaded) return
    for (const batch of this.#changed) {
      if (batch.waiting === 0) this.#drop(batch)
      else this.#statements.update.run(packBatch(batch.arrivals), batch.key)
    }
    this.#changed.clear()
    if (this.#fresh.length === 0) return
    // Moving on may need room: only with what needs room itself, never with an acknowledgement alone.
    this.#settleOld()
    for (const batch of this.#fresh) {
      if (batch.waiting === 0) {
        this.#bytes -= batch.bytes
        continue
      }
      this.#statements.insert.run(batch.key, packBatch(batch.arrivals))
      this.#batches.add(batch)
    }
    this.#fresh = []
  }

  #settleOld(): void {
    const sinceMs = performance.now() - STAYS_MS
    for (const batch of this.#batches) {
      if (batch.sinceMs > sinceMs && this.#bytes <= BYTES_KEPT) return
      this.#settle(batch)
    }
  }

  #settle(batch: Batch): void {
    if (this.#batches.has(batch)) this.#drop(batch)
    else this.#bytes -= batch.bytes
    for (const placed of batch.arrivals) {
      if (placed.gone) continue
      const { deviceKey, sequence, submissionKey, receivedAtMs, expiresAtMs, content } = placed
      const values = [submissionKey, receivedAtMs, expiresAtMs, content.length, content] as const
      this.#statements.insertEnvelope.run(deviceKey, sequence, ...values)
      this.#forget(placed)
    }
  }

  #drop(batch: Batch): void {
    this.#statements.remove.run(batch.key)
    this.#batches.delete(batch)
    this.#changed.delete(batch)
    this.#bytes -= batch.bytes
  }

  #load(): void {
    if (this.#loaded) return
    this.#byDevice.clear()
    this.#batches.clear()
    this.#changed.clear()
    this.#fresh = []
    this.#bytes = 0
    const sinceMs = performance.now()
    for (const { batch: key, envelopes } of this.#statements.all.all()) {
      const batch: Batch = { key, arrivals: [], sinceMs, bytes: 0, waiting: 0 }
      for (const arrival of unpackBatch(envelopes)) this.#place(arrival, batch)
      this.#batches.add(batch)
      this.#lastKey = Math.max(this.#lastKey, key)
    }
    this.#loaded = true
  }
}

function prepareStatements(database: Database) {
  return {
    all: database.prepare<{ batch: number; envelopes: Uint8Array }>(
      'SELECT batch, envelopes FROM arrivals ORDER BY batch',
    ),
    insert: database.prepare('INSERT INTO arrivals (batch, envelopes) VALUES (?, ?)'),
    update: database.prepare('UPDATE arrivals SET envelopes = ? WHERE batch = ?'),
    remove: database.prepare('DELETE FROM arrivals WHERE batch = ?'),
    insertEnvelope: database.prepare(
      `INSERT INTO envelopes (device_key, sequence, submission_key, received_at_ms, expires_at_ms, size, content)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ),
  }
}
