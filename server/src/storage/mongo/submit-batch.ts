/**
 * Accepting submissions, many at once, without a transaction. In this order: envelopes, their places in the queues, the
 * submissions. An envelope's `_id` is made of the idempotency key, and its place is given once: a repetition, after a
 * crash or beside an attempt that is only slow, finds what is there and adds what is missing; nothing is acknowledged
 * before all of it is. Not concerned with gathering batches (`submitter.ts`).
 */
import type { Submission, Submitted } from '../interfaces.ts'
import { admit } from './admission.ts'
import type {
  DeviceEntry,
  DeviceKey,
  EnvelopeDocument,
  QueueDocument,
  SubmissionDocument,
} from './documents.ts'
import { insertPassingOver } from './failures.ts'
import { groupBy } from './group-by.ts'
import type { Models } from './models.ts'
import { giveSequences, NO_SEQUENCE, strikeOut, withoutPlace, writeSequences } from './sequences.ts'

export interface Job {
  submission: Submission
  /** The hash of the idempotency key in hexadecimal. */
  key: string
  answer: Submitted | undefined
}

/** A job with the device key for each of its envelopes, in their order. */
export interface Addressed extends Job {
  contents: Map<DeviceKey, Uint8Array>
}

/**
 * Answers each job of which it can; those left without an answer met a device that went, and are to be tried again.
 * Returns what may be done after the answers are given; should it fail, whoever comes next does it.
 */
export async function submitBatch(models: Models, jobs: Job[]): Promise<() => Promise<void>> {
  // The queues are read before anything is written: see `giveSequences`.
  const [addressed, queues] = await prepare(models, jobs)
  const accepted = await admit(models, addressed, queues)
  const there = await writeEnvelopes(models, accepted)
  const open = await stillOpen(models, accepted, there)
  const queuesDone = await place(models, open, queues, there)
  const stored = open.filter(({ contents }) => [...contents.keys()].every((device) => queuesDone.has(device)))
  await writeSequences(
    models,
    [...queuesDone.values()].flatMap(({ noted }) => noted),
  )
  // Whoever finds the submission may rely on its envelopes having their sequences.
  await writeSubmissions(models, stored)
  for (const job of stored) job.answer ??= storedAs(job, queuesDone)
  return async () => {
    await Promise.all([...queuesDone].map(([device, { noted }]) => strikeOut(models, device, noted)))
  }
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

/** Returns the `_id`s of those that were there already, from an earlier attempt or another node's. */
async function writeEnvelopes(models: Models, jobs: Addressed[]): Promise<Set<string>> {
  if (jobs.length === 0) return new Set()
  const documents = jobs.flatMap(documentsOf)
  const there = await insertPassingOver(() =>
    models.envelopes.insertMany(documents, { ordered: false, lean: true }),
  )
  return new Set(there.flatMap((index) => documents[index]?._id ?? []))
}

function documentsOf({ key, submission, contents }: Addressed): EnvelopeDocument[] {
  return [...contents].map(([device, content]) => ({
    _id: envelopeId(key, device),
    device,
    sequence: NO_SEQUENCE,
    state: 'waiting',
    size: content.length,
    content: Buffer.from(content),
    contentHash: Buffer.from(submission.contentHash),
    receivedAtMs: submission.receivedAtMs,
    expiresAt: new Date(submission.expiresAtMs),
    forgottenAt: new Date(submission.forgottenAtMs),
  }))
}

/**
 * Those whose envelopes may be given places. Another attempt may have been through with everything, even its recipient's
 * acknowledgement, since this one looked: then its submission is there, and what was just written is taken back.
 */
async function stillOpen(models: Models, jobs: Addressed[], there: Set<string>): Promise<Addressed[]> {
  const { envelopes, submissions } = models
  if (jobs.length === 0) return []
  const earlier = await envelopes
    .find({ _id: { $in: [...there] } }, { contentHash: 1 })
    .lean<Pick<EnvelopeDocument, '_id' | 'contentHash'>[]>()
  const hashes = new Map(earlier.map(({ _id, contentHash }) => [_id, contentHash]))
  const known = await submissions
    .find({ _id: { $in: jobs.map(({ key }) => key) } })
    .lean<SubmissionDocument[]>()
  const knownByKey = new Map(known.map((document) => [document._id, document]))
  for (const job of jobs) {
    const ids = envelopeIds(job)
    const submission = knownByKey.get(job.key)
    if (submission) job.answer = answerOfEarlier(submission, job.submission)
    else if (ids.some((id) => hashes.get(id)?.equals(job.submission.contentHash) === false))
      job.answer = { outcome: 'conflict' }
  }
  const vain = jobs.filter(({ answer }) => answer).flatMap(envelopeIds)
  const written = vain.filter((id) => !there.has(id))
  if (written.length > 0) await envelopes.deleteMany({ _id: { $in: written }, sequence: NO_SEQUENCE })
  return jobs.filter(({ answer }) => !answer)
}

type Placed = NonNullable<Awaited<ReturnType<typeof giveSequences>>>

/** What was given in each queue; a device that went has none. */
async function place(
  models: Models,
  jobs: Addressed[],
  queues: Map<DeviceKey, QueueDocument>,
  there: Set<string>,
): Promise<Map<DeviceKey, Placed>> {
  const idsOf = groupBy(
    jobs.flatMap(({ key, contents }) =>
      [...contents.keys()].map((device) => ({ device, id: envelopeId(key, device) })),
    ),
    ({ device }) => device,
  )
  const placed = await Promise.all(
    [...idsOf].map(async ([device, list]) => {
      const queue = queues.get(device)
      if (!queue) return []
      const ids = list.map(({ id }) => id)
      const repeated = ids.filter((id) => there.has(id))
      const open = new Set(await withoutPlace(models, queue, repeated))
      const wanted = ids.filter((id) => !there.has(id) || open.has(id))
      const result = await giveSequences(models, queue, wanted)
      return result ? [[device, result] as const] : []
    }),
  )
  return new Map(placed.flat())
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

/** With its sequences, unless one was given before: then nobody knows who has read it. */
function storedAs({ key, contents }: Addressed, placed: Map<DeviceKey, Placed>): Submitted {
  const sequences = [...contents.keys()].flatMap(
    (device) => placed.get(device)?.given.get(envelopeId(key, device)) ?? [],
  )
  return sequences.length === contents.size ? { outcome: 'stored', sequences } : { outcome: 'stored' }
}

function envelopeIds({ key, contents }: Addressed): string[] {
  return [...contents.keys()].map((device) => envelopeId(key, device))
}

function envelopeId(key: string, device: DeviceKey): string {
  return `${key}:${device}`
}
