/** The envelope queues in SQLite: the relay's hot path. */
import type { EnvelopeStore, QueuedEnvelope, SubmissionState } from '../interfaces.ts'
import type { Database } from './database.ts'
import type { EnvelopeLost } from './erase-device.ts'
import type { Queues } from './queues.ts'
import { prepareSubmit } from './submit.ts'

const STATES: SubmissionState[] = ['queued', 'delivered', 'expired']
const QUEUED = 0

export function embeddedEnvelopes(
  database: Database,
  queues: Queues,
  envelopeLost: EnvelopeLost,
): EnvelopeStore {
  const submit = prepareSubmit(database, queues)
  const acknowledge = prepareAcknowledge(database, queues)
  const sweep = prepareSweep(database, queues, envelopeLost)
  const list = prepareList(database)
  const lastWaiting = database.prepare<{ last: number | null }>(
    'SELECT max(sequence) AS last FROM envelopes WHERE device_key = ?',
  )
  const stateOf = prepareState(database)

  return {
    submit: (submission) => database.write(() => submit(submission)),
    list: (address, bounds) =>
      database.read(() => {
        const queue = queues.find(address)
        return queue === undefined || queue.queued === 0 ? [] : list(queue.deviceKey, bounds)
      }),
    lastWaiting: (address) =>
      database.read(() => {
        const queue = queues.find(address)
        if (queue === undefined || queue.queued === 0) return 0
        return lastWaiting.get(queue.deviceKey)?.last ?? 0
      }),
    queueLength: (address) => database.read(() => queues.find(address)?.queued ?? 0),
    acknowledge: (address, sequences) =>
      database.write(
        () => {
          const queue = queues.find(address)
          return queue === undefined ? 0 : acknowledge(queue.deviceKey, sequences)
        },
        { patient: true, givesRoom: true },
      ),
    states: (keyHashes) => database.read(() => keyHashes.map((keyHash) => stateOf(keyHash))),
    sweep: (nowMs, limit) => database.write(() => sweep(nowMs, limit), { givesRoom: true }),
  }
}

function prepareState(database: Database) {
  const find = database.prepare<{ state: number; device_key: number | null; sequence: number | null }>(
    `SELECT state, device_key, sequence FROM submissions
     WHERE substr(key_hash, 1, 8) = substr(?1, 1, 8) AND key_hash = ?1`,
  )
  const waits = database.prepare<object>('SELECT 1 FROM envelopes WHERE device_key = ? AND sequence = ?')
  return (keyHash: Uint8Array): SubmissionState | undefined => {
    const row = find.get(keyHash)
    if (row === undefined) return undefined
    const hasLeft = row.device_key !== null && waits.get(row.device_key, row.sequence) === undefined
    return row.state === QUEUED && hasLeft ? 'delivered' : STATES[row.state]
  }
}

interface Bounds {
  afterSequence: number
  maxEnvelopes: number
  maxBytes: number
}

function prepareList(database: Database) {
  // Sizes first: content is read only for what fits.
  const sizes = database.prepare<{ sequence: number; size: number }>(
    'SELECT sequence, size FROM envelopes WHERE device_key = ? AND sequence > ? ORDER BY sequence LIMIT ?',
  )
  const contents = database.prepare<{ sequence: number; received_at_ms: number; content: Uint8Array }>(
    `SELECT sequence, received_at_ms, content FROM envelopes
     WHERE device_key = ? AND sequence > ? AND sequence <= ? ORDER BY sequence`,
  )
  return (deviceKey: number, { afterSequence, maxEnvelopes, maxBytes }: Bounds): QueuedEnvelope[] => {
    let bytes = 0
    let last = afterSequence
    for (const { sequence, size } of sizes.all(deviceKey, afterSequence, maxEnvelopes)) {
      bytes += size
      if (bytes > maxBytes) break
      last = sequence
    }
    if (last === afterSequence) return []
    return contents.all(deviceKey, afterSequence, last).map((row) => ({
      sequence: row.sequence,
      receivedAtMs: row.received_at_ms,
      content: row.content,
    }))
  }
}

function prepareAcknowledge(database: Database, queues: Queues) {
  const remove = database.prepare<{ submission_key: number }>(
    'DELETE FROM envelopes WHERE device_key = ? AND sequence = ? RETURNING submission_key',
  )
  const deliver = database.prepare(
    'UPDATE submissions SET state = 1, remaining = remaining - 1 WHERE submission_key = ?',
  )
  return (deviceKey: number, sequences: number[]): number => {
    let count = 0
    for (const sequence of sequences) {
      const removed = remove.get(deviceKey, sequence)
      if (removed === undefined) continue
      if (removed.submission_key < 0) deliver.run(-removed.submission_key)
      count += 1
    }
    queues.leave(deviceKey, count)
    return count
  }
}

function prepareSweep(database: Database, queues: Queues, envelopeLost: EnvelopeLost) {
  const remove = database.prepare<{ device_key: number; submission_key: number }>(
    `DELETE FROM envelopes WHERE rowid IN
       (SELECT rowid FROM envelopes WHERE expires_at_ms <= ? ORDER BY expires_at_ms LIMIT ?)
     RETURNING device_key, submission_key`,
  )
  const forget = database.prepare(
    `DELETE FROM submissions WHERE submission_key IN
       (SELECT submission_key FROM submissions WHERE forgotten_at_ms <= ? ORDER BY forgotten_at_ms LIMIT ?)`,
  )
  return (nowMs: number, limit: number) => {
    const removed = remove.all(nowMs, limit)
    for (const { device_key: deviceKey, submission_key: submissionKey } of removed) {
      envelopeLost(Math.abs(submissionKey))
      queues.leave(deviceKey, 1)
    }
    return { envelopes: removed.length, submissions: forget.run(nowMs, limit) }
  }
}
