/**
 * Who may enter a queue that has a limit. The count in the queue's document may be too high after a crash: before it
 * refuses anybody it is counted again. Not concerned with storing.
 */
import type { DeviceKey, QueueDocument } from './documents.ts'
import type { Models } from './models.ts'
import { finishNoted, NO_SEQUENCE } from './sequences.ts'
import type { Addressed } from './submit-batch.ts'

/** Those for whom there is room in every queue, in the order in which they came. */
export async function admit(
  models: Models,
  jobs: Addressed[],
  queues: Map<DeviceKey, QueueDocument>,
): Promise<Addressed[]> {
  const queued = new Map([...queues].map(([device, queue]) => [device, queue.queued]))
  const recounted = new Set<DeviceKey>()
  const accepted: Addressed[] = []
  for (const job of jobs) {
    const { queuedAtMost } = job.submission
    const devices = [...job.contents.keys()]
    for (const device of devices) {
      // The count may be too high after a crash, never too low: it is checked when it would refuse.
      if ((queued.get(device) ?? 0) < queuedAtMost || recounted.has(device)) continue
      recounted.add(device)
      const accepting = accepted.filter(({ contents }) => contents.has(device)).length
      queued.set(device, accepting + (await countAgain(models, device)))
    }
    if (devices.some((device) => (queued.get(device) ?? 0) >= queuedAtMost))
      job.answer = { outcome: 'queue_full' }
    else {
      for (const device of devices) queued.set(device, (queued.get(device) ?? 0) + 1)
      accepted.push(job)
    }
  }
  return accepted
}

/** Corrects the count in the store; returns what it is then. */
async function countAgain(models: Models, device: DeviceKey): Promise<number> {
  const { envelopes, queues } = models
  for (;;) {
    const queue = await queues.findOne({ _id: device }).lean<QueueDocument | null>()
    if (!queue) return 0
    const { lastSequence, queued } = queue
    if (queue.unwritten.length > 0) {
      await finishNoted(models, queue)
      continue
    }
    // Also what ceased to wait: it is counted out when it is deleted.
    const there = await envelopes.countDocuments({ device, sequence: { $gt: NO_SEQUENCE } })
    if (there === queued) return queued
    const corrected = { $set: { queued: there } }
    const { matchedCount } = await queues.updateOne({ _id: device, lastSequence, queued }, corrected)
    if (matchedCount > 0) return there
  }
}
