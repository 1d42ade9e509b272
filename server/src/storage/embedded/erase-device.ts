/**
 * Erasing a device with all it held: keys and push subscription go by cascade, the queue here, because what was
 * queued must be accounted for: a submission with no envelope left that nobody acknowledged has expired.
 */
import type { Arrivals } from './arrivals.ts'
import type { Database } from './database.ts'
import type { Queues } from './queues.ts'
import type { SubmissionMemory } from './submission-memory.ts'

/** Runs inside a write. */
export type EraseDevice = (deviceKey: number) => void
/** Runs inside a write: an envelope of the submission is gone without having been acknowledged. */
export type EnvelopeLost = (submissionKey: number) => void

export function prepareEnvelopeLost(database: Database, memory: SubmissionMemory): EnvelopeLost {
  const lose = database.prepare(
    `UPDATE submissions SET remaining = remaining - 1,
     state = CASE WHEN state = 0 AND remaining <= 1 THEN 2 ELSE state END WHERE submission_key = ?`,
  )
  return (submissionKey) => {
    memory.write()
    lose.run(submissionKey)
  }
}

export function prepareEraseDevice(
  database: Database,
  queues: Queues,
  arrivals: Arrivals,
  envelopeLost: EnvelopeLost,
): EraseDevice {
  const deleteQueue = database.prepare<{ submission_key: number }>(
    'DELETE FROM envelopes WHERE device_key = ? RETURNING submission_key',
  )
  const deleteDevice = database.prepare('DELETE FROM devices WHERE device_key = ?')
  return (deviceKey) => {
    queues.deviceGoes(deviceKey)
    if (arrivals.countOf(deviceKey) > 0) arrivals.settle()
    for (const { submission_key: submissionKey } of deleteQueue.all(deviceKey)) {
      envelopeLost(Math.abs(submissionKey))
    }
    deleteDevice.run(deviceKey)
  }
}
