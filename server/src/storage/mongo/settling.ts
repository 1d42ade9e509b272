/**
 * What follows when envelopes cease to wait. The envelope's own document is where it happens, in one step: its state
 * changes and its content goes. Only then is the submission told, the document deleted and the queue counted down;
 * whoever asks in between looks at the envelope, so a crash in between changes no answer, and a sweep finishes.
 */
import type { AnyBulkWriteOperation } from 'mongoose'
import { mongo, type QueryFilter } from 'mongoose'
import type { EnvelopeDocument, SubmissionDocument } from './documents.ts'
import { isDuplicate } from './failures.ts'
import { groupBy } from './group-by.ts'
import type { Models } from './models.ts'
import { NO_SEQUENCE } from './sequences.ts'
import { updateEach } from './update-each.ts'

export type Gone = Omit<EnvelopeDocument, 'content'>

/** Left behind by a crash, not merely under way. */
const LEFT_BEHIND_AFTER_MS = 60_000

export interface Settling {
  /** Marks what matches as lost; returns how many were. */
  lose(filter: QueryFilter<EnvelopeDocument>): Promise<number>
  /** Tells submissions and deletes. Those that wait are passed over; may be repeated. */
  settle(gone: Gone[]): Promise<void>
  /** The same, soon: nobody waits for it. */
  settleSoon(gone: Gone[]): void
  /** Resolves when nothing is left to do soon. */
  idle(): Promise<void>
  /** Finishes what a crash left. */
  sweep(limit: number): Promise<void>
}

export function createSettling(models: Models): Settling {
  const { envelopes } = models
  const soon: Gone[] = []
  let running: Promise<void> | undefined

  async function settle(all: Gone[]): Promise<void> {
    const gone = all.filter(({ state }) => state !== 'waiting')
    if (gone.length === 0) return
    await tellDelivered(
      models,
      gone.filter(({ state }) => state === 'acknowledged'),
    )
    await tellExpired(
      models,
      gone.filter(({ state }) => state === 'lost'),
    )
    await remove(models, gone)
  }

  async function run(): Promise<void> {
    while (soon.length > 0) {
      const next = soon.splice(0)
      // What fails here stays as it is in the store: the sweep finds it.
      await settle(next).catch(() => undefined)
    }
    running = undefined
  }

  return {
    settle,
    async lose(filter) {
      const change = { $set: { state: 'lost' as const, goneAt: new Date() }, $unset: { content: 1 as const } }
      return (await envelopes.updateMany(filter, change)).modifiedCount
    },
    settleSoon(gone) {
      soon.push(...gone)
      running ??= run()
    },
    async idle() {
      await running
    },
    async sweep(limit) {
      const before = new Date(Date.now() - LEFT_BEHIND_AFTER_MS)
      await settle(
        await envelopes
          .find({ goneAt: { $lt: before } })
          .limit(limit)
          .lean(),
      )
    },
  }
}

export function submissionOf(envelope: { _id: string }): string {
  return envelope._id.slice(0, envelope._id.indexOf(':'))
}

/** Selects the envelopes of a submission by the beginning of their `_id`. */
export function envelopesOf(submission: string) {
  return { _id: { $gte: `${submission}:`, $lt: `${submission};` } }
}

/** Also when the submission is not there yet: its envelope can be quicker. */
function telling(
  { contentHash, receivedAtMs, forgottenAt, ...envelope }: Gone,
  filter: { state?: 'queued' },
  state: SubmissionDocument['state'],
): AnyBulkWriteOperation<SubmissionDocument> {
  return {
    updateOne: {
      filter: { _id: submissionOf(envelope), ...filter },
      update: { $set: { state }, $setOnInsert: { contentHash, receivedAtMs, forgottenAt } },
      upsert: true,
    },
  }
}

async function tellDelivered({ submissions }: Models, gone: Gone[]): Promise<void> {
  if (gone.length === 0) return
  const tell = () =>
    updateEach(
      submissions,
      gone.map((envelope) => telling(envelope, {}, 'delivered')),
    )
  try {
    await tell()
  } catch (error) {
    // Two made it at once: now it is there.
    if (!isDuplicate(error) && !(error instanceof mongo.MongoBulkWriteError)) throw error
    await tell()
  }
}

/** Expired is a submission of which no envelope waits and none was acknowledged. */
async function tellExpired({ envelopes, submissions }: Models, gone: Gone[]): Promise<void> {
  for (const envelope of gone) {
    const waiting = await envelopes.findOne(
      { ...envelopesOf(submissionOf(envelope)), state: 'waiting' },
      { _id: 1 },
    )
    if (waiting) continue
    try {
      await submissions.bulkWrite([telling(envelope, { state: 'queued' }, 'expired')])
    } catch (error) {
      // It is there in another state, which stays.
      if (!isDuplicate(error) && !(error instanceof mongo.MongoBulkWriteError && error.code === 11_000))
        throw error
    }
  }
}

async function remove({ envelopes, queues }: Models, gone: Gone[]): Promise<void> {
  const byDevice = groupBy(gone, ({ device }) => device)
  await Promise.all(
    [...byDevice].map(async ([device, list]) => {
      // One that never had a place was never counted.
      const [counted, uncounted] = [list.filter(hasPlace), list.filter((one) => !hasPlace(one))]
      const { deletedCount } = await envelopes.deleteMany({ _id: { $in: counted.map(({ _id }) => _id) } })
      if (deletedCount > 0) await queues.updateOne({ _id: device }, { $inc: { queued: -deletedCount } })
      if (uncounted.length > 0) await envelopes.deleteMany({ _id: { $in: uncounted.map(({ _id }) => _id) } })
    }),
  )
}

function hasPlace({ sequence }: Gone): boolean {
  return sequence > NO_SEQUENCE
}
