/**
 * Accepting submissions, many at once, without a transaction. In this order: sequences, envelopes, submissions. An
 * envelope's `_id` is made of the idempotency key, so a repetition after a crash finds what is there and adds what is
 * missing; nothing is acknowledged before all of it is. Not concerned with gathering batches (`submitter.ts`).
 */
import { randomUUID } from 'node:crypto'
import { RelayError } from '../../errors.ts'
import type { Submission, Submitted } from '../interfaces.ts'
import type {
  DeviceEntry,
  DeviceKey,
  EnvelopeDocument,
  QueueDocument,
  SubmissionDocument,
} from './documents.ts'
import { insertPassingOver } from './failures.ts'
import type { Models } from './models.ts'
import { type Allocation, allocate, publish } from './sequences.ts'

export interface Job {
  submission: Submission
  /** The hash of the idempotency key in hexadecimal. */
  key: string
  answer: Submitted | undefined
}

/** A job with the device key for each of its envelopes. */
interface Addressed extends Job {
  contents: Map<DeviceKey, Uint8Array>
}

/** Answers each job of which it can; those left without an answer met a device that went, and are to be tried again. */
export async function submitBatch(models: Models, jobs: Job[]): Promise<void> {
  const [addressed, queues] = await prepare(models, jobs)
  const accepted = await admit(models, addressed, queues)
  const batch = randomUUID()
  const placed = await place(models, accepted, queues, batch)
  const stored = accepted.filter(({ contents }) => [...contents.keys()].every((device) => placed.has(device)))
  try {
    await writeEnvelopes(models, stored, placed)
    await writeSubmissions(models, stored)
  } finally {
    await publishAll(models, [...placed.values()], stored)
  }
  for (const job of stored) job.answer ??= { outcome: 'stored' }
}

async function prepare(models: Models, jobs: Job[]): Promise<[Addressed[], Map<DeviceKey, QueueDocument>]> {
  const accountIds = [...new Set(jobs.map(({ submission }) => submission.accountId))]
  const [known, accounts] = await Promise.all([
    models.submissions.find({ _id: { $in: jobs.map(({ key }) => key) } }).lean<SubmissionDocument[]>(),
    models.accounts.find({ _id: { $in: accountIds } }, { devices: 1 }).lean(),
  ])
  const knownByKey = new Map(known.map((document) => [document._id, document]))
  const devicesOf = new Map(accounts.map(({ _id, devices }) => [_id, devices]))
  const addressed = jobs.flatMap((job): Addressed[] => {
    const earlier = knownByKey.get(job.key)
    if (earlier) job.answer = answerOfEarlier(earlier, job.submission)
    else {
      const devices = [...(devicesOf.get(job.submission.accountId) ?? [])].sort(
        (a, b) => a.deviceId - b.deviceId,
      )
      const contents = matchDevices(job.submission, devices)
      if (contents) return [Object.assign(job, { contents })]
      job.answer = { outcome: 'devices_differ', devices: devices.map(toRecipient) }
    }
    return []
  })
  const deviceKeys = [...new Set(addressed.flatMap(({ contents }) => [...contents.keys()]))]
  const queues =
    deviceKeys.length === 0
      ? []
      : await models.queues.find({ _id: { $in: deviceKeys } }).lean<QueueDocument[]>()
  return [addressed, new Map(queues.map((queue) => [queue._id, queue]))]
}

function answerOfEarlier(earlier: SubmissionDocument, { contentHash }: Submission): Submitted {
  if (!earlier.contentHash.equals(contentHash)) return { outcome: 'conflict' }
  return { outcome: 'duplicate', receivedAtMs: earlier.receivedAtMs }
}

/** The content for each device key, or undefined unless the submission addresses each device exactly once. */
function matchDevices(
  { envelopes }: Submission,
  devices: DeviceEntry[],
): Map<DeviceKey, Uint8Array> | undefined {
  if (devices.length === 0 || envelopes.length !== devices.length) return undefined
  const contents = new Map<DeviceKey, Uint8Array>()
  for (const { deviceId, registrationId, content } of envelopes) {
    const device = devices.find((one) => one.deviceId === deviceId && one.registrationId === registrationId)
    if (!device || contents.has(device.deviceKey)) return undefined
    contents.set(device.deviceKey, content)
  }
  return contents
}

function toRecipient({ deviceId, registrationId }: DeviceEntry) {
  return { deviceId, registrationId }
}

/** Those for whom there is room in every queue, in the order in which they came. */
async function admit(
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
async function countAgain({ envelopes, queues }: Models, device: DeviceKey): Promise<number> {
  for (;;) {
    const queue = await queues.findOne({ _id: device }).lean<QueueDocument | null>()
    if (!queue) return 0
    const { lastSequence, queued, pending } = queue
    // What is pending is counted already and not there yet: not now.
    if (pending.length > 0) return queued
    const waiting = await envelopes.countDocuments({ device, state: 'waiting' })
    if (waiting >= queued) return queued
    const corrected = { $set: { queued: waiting } }
    const { matchedCount } = await queues.updateOne({ _id: device, lastSequence, queued }, corrected)
    if (matchedCount > 0) return waiting
  }
}

async function place(
  models: Models,
  jobs: Addressed[],
  queues: Map<DeviceKey, QueueDocument>,
  batch: string,
): Promise<Map<DeviceKey, Allocation>> {
  const counts = new Map<DeviceKey, number>()
  for (const device of jobs.flatMap(({ contents }) => [...contents.keys()])) {
    counts.set(device, (counts.get(device) ?? 0) + 1)
  }
  const allocations = await Promise.all(
    [...counts].map(async ([device, count]) => {
      const queue = queues.get(device)
      return queue && (await allocate(models, queue, count, batch))
    }),
  )
  return new Map(allocations.filter((one) => one !== undefined).map((one) => [one.device, one]))
}

async function writeEnvelopes(
  models: Models,
  jobs: Addressed[],
  placed: Map<DeviceKey, Allocation>,
): Promise<void> {
  if (jobs.length === 0) return
  const documents = numbered(jobs, placed)
  const there = await insertPassingOver(() =>
    models.envelopes.insertMany(documents, { ordered: false, lean: true }),
  )
  // There from an attempt that was cut short: it goes to the end, so that no reader has gone past it.
  await resequence(
    models,
    there.flatMap((index) => documents[index] ?? []),
  )
}

function numbered(jobs: Addressed[], placed: Map<DeviceKey, Allocation>): EnvelopeDocument[] {
  const next = new Map([...placed].map(([device, { first }]) => [device, first]))
  return jobs.flatMap(({ key, submission, contents }) =>
    [...contents].map(([device, content]): EnvelopeDocument => {
      const sequence = next.get(device) ?? 0
      next.set(device, sequence + 1)
      return {
        _id: `${key}:${device}`,
        device,
        sequence,
        state: 'waiting',
        size: content.length,
        content: Buffer.from(content),
        contentHash: Buffer.from(submission.contentHash),
        receivedAtMs: submission.receivedAtMs,
        expiresAt: new Date(submission.expiresAtMs),
        forgottenAt: new Date(submission.forgottenAtMs),
      }
    }),
  )
}

async function resequence({ envelopes }: Models, documents: EnvelopeDocument[]): Promise<void> {
  if (documents.length === 0) return
  await envelopes.bulkWrite(
    documents.map(({ _id, sequence }) => ({
      updateOne: { filter: { _id, state: 'waiting' as const }, update: { $set: { sequence } } },
    })),
  )
}

/** Answers those that another node, or an earlier attempt, had written already. */
async function writeSubmissions({ submissions }: Models, jobs: Addressed[]): Promise<void> {
  if (jobs.length === 0) return
  const documents = jobs.map(({ key, submission }): SubmissionDocument => {
    const { contentHash, receivedAtMs, forgottenAtMs } = submission
    const forgottenAt = new Date(forgottenAtMs)
    return { _id: key, contentHash: Buffer.from(contentHash), receivedAtMs, state: 'queued', forgottenAt }
  })
  const there = await insertPassingOver(() =>
    submissions.insertMany(documents, { ordered: false, lean: true }),
  )
  if (there.length === 0) return
  const keys = there.flatMap((index) => documents[index]?._id ?? [])
  const found = await submissions.find({ _id: { $in: keys } }).lean<SubmissionDocument[]>()
  for (const earlier of found) {
    const job = jobs.find(({ key }) => key === earlier._id)
    if (job && !earlier.contentHash.equals(job.submission.contentHash)) job.answer = { outcome: 'conflict' }
  }
}

/** When a reader gave up on an allocation, its envelopes are numbered anew until readers cannot have missed them. */
async function publishAll(models: Models, allocations: Allocation[], jobs: Addressed[]): Promise<void> {
  const published = await Promise.all(allocations.map((allocation) => publish(models, allocation)))
  const missed = allocations.filter((_, index) => !published[index]).map(({ device }) => device)
  if (missed.length === 0) return
  const late = jobs.map((job) => ({
    ...job,
    contents: new Map([...job.contents].filter(([device]) => missed.includes(device))),
  }))
  const queues = await models.queues.find({ _id: { $in: missed } }).lean<QueueDocument[]>()
  const placed = await place(models, late, new Map(queues.map((queue) => [queue._id, queue])), randomUUID())
  const reachable = late.map((job) => ({
    ...job,
    contents: new Map([...job.contents].filter(([device]) => placed.has(device))),
  }))
  await resequence(models, numbered(reachable, placed))
  const isMissedAgain = (await Promise.all([...placed.values()].map((one) => publish(models, one)))).includes(
    false,
  )
  if (isMissedAgain) throw new RelayError('unavailable', 'storage: the engine is too slow')
}
