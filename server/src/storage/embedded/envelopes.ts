/** The envelope queues in SQLite: the relay's hot path. */
import type { EnvelopeStore, QueuedEnvelope, SubmissionState } from '../interfaces.ts'
import type { Arrivals } from './arrivals.ts'
import type { Database } from './database.ts'
import type { EnvelopeLost } from './erase-device.ts'
import type { Queues } from './queues.ts'
import type { SubmissionMemory } from './submission-memory.ts'
import { prepareSubmit } from './submit.ts'

const STATES: SubmissionState[] = ['queued', 'delivered', 'expired']
const QUEUED = 0

interface Parts {
  queues: Queues
  memory: SubmissionMemory
  arrivals: Arrivals
  envelopeLost: EnvelopeLost
}

export function embeddedEnvelopes(database: Database, parts: Parts): EnvelopeStore {
  const { queues, memory, arrivals } = parts
  const submit = prepareSubmit(database, parts)
  const acknowledge = prepareAcknowledge(database, parts)
  const sweep = prepareSweep(database, parts)
  const list = prepareList(database, arrivals)
  const lastWaiting = database.prepare<{ last: number | null }>(
    'SELECT max(sequence) AS last FROM envelopes WHERE device_key = ?',
  )
  const stateOf = prepareState(database, memory, arrivals)

  return {
    submit: (submission) => {
      const refusal = database.refusalOfBulk()
      if (refusal) return Promise.reject(refusal)
      memory.expect(submission.keyHash)
      return database.write(() => submit(submission))
    },
    list: (address, bounds) =>
      database.read(() => {
        const queue = queues.find(address)
        return queue === undefined || queue.queued === 0 ? [] : list(queue.deviceKey, bounds)
      }),
    lastWaiting: (address) =>
      database.read(() => {
        const queue = queues.find(address)
        if (queue === undefined || queue.queued === 0) return 0
        const arrived = arrivals.of(queue.deviceKey).at(-1)?.sequence ?? 0
        return Math.max(lastWaiting.get(queue.deviceKey)?.last ?? 0, arrived)
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

function prepareState(database: Database, memory: SubmissionMemory, arrivals: Arrivals) {
  const waits = database.prepare<object>('SELECT 1 FROM envelopes WHERE device_key = ? AND sequence = ?')
  return (keyHash: Uint8Array): SubmissionState | undefined => {
    const row = memory.find(keyHash)
    if (row === undefined) return undefined
    const { state, device_key: deviceKey, sequence } = row
    if (state !== QUEUED || deviceKey === null || sequence === null) return STATES[state]
    const isThere = arrivals.waits(deviceKey, sequence) || waits.get(deviceKey, sequence) !== undefined
    return isThere ? 'queued' : 'delivered'
  }
}

interface Bounds {
  afterSequence: number
  maxEnvelopes: number
  maxBytes: number
}

function prepareList(database: Database, arrivals: Arrivals) {
  // Sizes first: content is read only for what fits.
  const sizes = database.prepare<{ sequence: number; size: number }>(
    'SELECT sequence, size FROM envelopes WHERE device_key = ? AND sequence > ? ORDER BY sequence LIMIT ?',
  )
  const contents = database.prepare<{ sequence: number; received_at_ms: number; content: Uint8Array }>(
    `SELECT sequence, received_at_ms, content FROM envelopes
     WHERE device_key = ? AND sequence > ? AND sequence <= ? ORDER BY sequence`,
  )
  return (deviceKey: number, { afterSequence, maxEnvelopes, maxBytes }: Bounds): QueuedEnvelope[] => {
    const arrived = arrivals.of(deviceKey).filter(({ sequence }) => sequence > afterSequence)
    const waiting = sizes.all(deviceKey, afterSequence, maxEnvelopes)
    for (const { sequence, content } of arrived) waiting.push({ sequence, size: content.length })
    let bytes = 0
    let last = afterSequence
    for (const { sequence, size } of waiting.sort(bySequence).slice(0, maxEnvelopes)) {
      bytes += size
      if (bytes > maxBytes) break
      last = sequence
    }
    if (last === afterSequence) return []
    const settled = contents.all(deviceKey, afterSequence, last).map((row) => ({
      sequence: row.sequence,
      receivedAtMs: row.received_at_ms,
      content: row.content,
    }))
    const fresh = arrived
      .filter(({ sequence }) => sequence <= last)
      .map(({ sequence, receivedAtMs, content }) => ({ sequence, receivedAtMs, content }))
    return [...settled, ...fresh].sort(bySequence)
  }
}

function bySequence(one: { sequence: number }, other: { sequence: number }): number {
  return one.sequence - other.sequence
}

function prepareAcknowledge(database: Database, { queues, memory, arrivals }: Parts) {
  const remove = database.prepare<{ submission_key: number }>(
    'DELETE FROM envelopes WHERE device_key = ? AND sequence = ? RETURNING submission_key',
  )
  const deliver = database.prepare(
    'UPDATE submissions SET state = 1, remaining = remaining - 1 WHERE submission_key = ?',
  )
  /** The submission's key, with a minus when it had several envelopes; undefined when the envelope is not there. */
  const take = (deviceKey: number, sequence: number): number | undefined =>
    arrivals.take(deviceKey, sequence) ?? remove.get(deviceKey, sequence)?.submission_key
  return (deviceKey: number, sequences: number[]): number => {
    let count = 0
    for (const sequence of sequences) {
      const submissionKey = take(deviceKey, sequence)
      if (submissionKey === undefined) continue
      if (submissionKey < 0) {
        memory.write()
        deliver.run(-submissionKey)
      }
      count += 1
    }
    queues.leave(deviceKey, count)
    return count
  }
}

function prepareSweep(database: Database, { queues, memory, arrivals, envelopeLost }: Parts) {
  const remove = database.prepare<{ device_key: number; submission_key: number }>(
    `DELETE FROM envelopes WHERE rowid IN
       (SELECT rowid FROM envelopes WHERE expires_at_ms <= ? ORDER BY expires_at_ms LIMIT ?)
     RETURNING device_key, submission_key`,
  )
  return (nowMs: number, limit: number) => {
    arrivals.settleExpired(nowMs)
    const removed = remove.all(nowMs, limit)
    for (const { device_key: deviceKey, submission_key: submissionKey } of removed) {
      envelopeLost(Math.abs(submissionKey))
      queues.leave(deviceKey, 1)
    }
    return { envelopes: removed.length, submissions: memory.forget(nowMs, limit) }
  }
}
