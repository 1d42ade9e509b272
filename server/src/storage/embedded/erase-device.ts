/**
 * Erasing a device with all it held: keys and push subscription go by cascade, the queue here, because what was
 * queued must be accounted for: a submission with no envelope left that nobody acknowledged has expired.
 */
import type { Database } from './database.ts'

/** Runs inside a write. */
export type EraseDevice = (deviceKey: number) => void
/** Runs inside a write: the envelope is gone without having been acknowledged. */
export type EnvelopeLost = (keyHash: Uint8Array) => void

export function prepareEnvelopeLost(database: Database): EnvelopeLost {
  const lose = database.prepare(
    `UPDATE submissions SET remaining = remaining - 1,
     state = CASE WHEN state = 'queued' AND remaining <= 1 THEN 'expired' ELSE state END WHERE key_hash = ?`,
  )
  return (keyHash) => {
    lose.run(keyHash)
  }
}

export function prepareEraseDevice(database: Database, envelopeLost: EnvelopeLost): EraseDevice {
  const deleteQueue = database.prepare<{ key_hash: Uint8Array }>(
    'DELETE FROM envelopes WHERE device_key = ? RETURNING key_hash',
  )
  const deleteDevice = database.prepare('DELETE FROM devices WHERE device_key = ?')
  return (deviceKey) => {
    for (const { key_hash: keyHash } of deleteQueue.all(deviceKey)) envelopeLost(keyHash)
    deleteDevice.run(deviceKey)
  }
}
