/** The envelope queues in SQLite: the relay's hot path. */
import type { EnvelopeStore, QueuedEnvelope, SubmissionState } from '../interfaces.ts'
import type { Database } from './database.ts'
import type { EnvelopeLost } from './erase-device.ts'
import type { FindDeviceKey } from './find-device.ts'
import { prepareSubmit } from './submit.ts'

export function embeddedEnvelopes(
  database: Database,
  findDeviceKey: FindDeviceKey,
  envelopeLost: EnvelopeLost,
): EnvelopeStore {
  const submit = prepareSubmit(database)
  const acknowledge = prepareAcknowledge(database)
  const sweep = prepareSweep(database, envelopeLost)
  const list = prepareList(database)
  const lastWaiting = database.prepare<{ last: number | null }>(
    'SELECT max(sequence) AS last FROM envelopes WHERE device_key = ?',
  )
  const queued = database.prepare<{ queued: number }>('SELECT queued FROM devices WHERE device_key = ?')
  const state = database.prepare<{ state: SubmissionState }>(
    'SELECT state FROM submissions WHERE key_hash = ?',
  )

  return {
    submit: (submission) => database.write(() => submit(submission)),
    list: (address, bounds) =>
      database.read(() => {
        const deviceKey = findDeviceKey(address)
        return deviceKey === undefined ? [] : list(deviceKey, bounds)
      }),
    lastWaiting: (address) =>
      database.read(() => {
        const deviceKey = findDeviceKey(address)
        return (deviceKey === undefined ? null : lastWaiting.get(deviceKey)?.last) ?? 0
      }),
    queueLength: (address) =>
      database.read(() => {
        const deviceKey = findDeviceKey(address)
        return (deviceKey === undefined ? undefined : queued.get(deviceKey)?.queued) ?? 0
      }),
    acknowledge: (address, sequences) =>
      database.write(() => {
        const deviceKey = findDeviceKey(address)
        return deviceKey === undefined ? 0 : acknowledge(deviceKey, sequences)
      }),
    states: (keyHashes) => database.read(() => keyHashes.map((keyHash) => state.get(keyHash)?.state)),
    sweep: (nowMs, limit) => database.write(() => sweep(nowMs, limit)),
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

function prepareAcknowledge(database: Database) {
  const remove = database.prepare<{ key_hash: Uint8Array }>(
    `DELETE FROM envelopes WHERE device_key = ? AND sequence IN (SELECT value FROM json_each(?))
     RETURNING key_hash`,
  )
  const leaveQueue = database.prepare('UPDATE devices SET queued = queued - ? WHERE device_key = ?')
  const deliver = database.prepare(
    "UPDATE submissions SET state = 'delivered', remaining = remaining - 1 WHERE key_hash = ?",
  )
  return (deviceKey: number, sequences: number[]): number => {
    const removed = remove.all(deviceKey, JSON.stringify(sequences))
    for (const { key_hash: keyHash } of removed) deliver.run(keyHash)
    if (removed.length > 0) leaveQueue.run(removed.length, deviceKey)
    return removed.length
  }
}

function prepareSweep(database: Database, envelopeLost: EnvelopeLost) {
  const remove = database.prepare<{ device_key: number; key_hash: Uint8Array }>(
    `DELETE FROM envelopes WHERE rowid IN
       (SELECT rowid FROM envelopes WHERE expires_at_ms <= ? ORDER BY expires_at_ms LIMIT ?)
     RETURNING device_key, key_hash`,
  )
  const leaveQueue = database.prepare('UPDATE devices SET queued = queued - 1 WHERE device_key = ?')
  const forget = database.prepare(
    `DELETE FROM submissions WHERE key_hash IN
       (SELECT key_hash FROM submissions WHERE forgotten_at_ms <= ? ORDER BY forgotten_at_ms LIMIT ?)`,
  )
  return (nowMs: number, limit: number) => {
    const removed = remove.all(nowMs, limit)
    for (const { device_key: deviceKey, key_hash: keyHash } of removed) {
      envelopeLost(keyHash)
      leaveQueue.run(deviceKey)
    }
    return { envelopes: removed.length, submissions: forget.run(nowMs, limit) }
  }
}
