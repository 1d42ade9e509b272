/**
 * Giving out the sequences of a queue, so that readers see envelopes in the order of their sequences although several
 * nodes write: an allocation is noted in the queue's own document in the step that raises the counter, and struck out
 * when its envelopes are there. A reader stops before the first noted one. Not concerned with envelopes.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { RelayError } from '../../errors.ts'
import type { DeviceKey, QueueDocument } from './documents.ts'
import type { Models } from './models.ts'

const TRIES = 50
const BETWEEN_TRIES_MS = 5

export interface Allocation {
  device: DeviceKey
  first: number
  /** As it is noted in the queue's document. */
  note: string
}

/** Raises the counter by `count`. Undefined when the device is gone. */
export async function allocate(
  { queues }: Models,
  queue: QueueDocument,
  count: number,
  batch: string,
): Promise<Allocation | undefined> {
  let current: QueueDocument | null = queue
  for (let tries = 0; current !== null && tries < TRIES; tries += 1) {
    const { _id: device, lastSequence }: QueueDocument = current
    const first = lastSequence + 1
    const note = `${first}:${batch}`
    const { matchedCount } = await queues.updateOne(
      { _id: device, lastSequence },
      { $inc: { lastSequence: count, queued: count }, $push: { pending: note } },
    )
    if (matchedCount > 0) return { device, first, note }
    // Another node was quicker.
    await sleep(Math.random() * BETWEEN_TRIES_MS)
    current = await queues.findOne({ _id: device }).lean<QueueDocument | null>()
  }
  if (current === null) return undefined
  throw new RelayError('unavailable', 'storage: a queue changed again and again')
}

/** Strikes the note out. False when a reader had given up on it and may have gone past its sequences. */
export async function publish({ queues }: Models, { device, note }: Allocation): Promise<boolean> {
  const { modifiedCount } = await queues.updateOne(
    { _id: device, pending: note },
    { $pull: { pending: note } },
  )
  return modifiedCount > 0
}

/** The last sequence up to which everything that was given out is there. */
export function readableUpTo({ lastSequence, pending }: QueueDocument): number {
  return Math.min(lastSequence, ...pending.map((note) => Number(note.slice(0, note.indexOf(':'))) - 1))
}
