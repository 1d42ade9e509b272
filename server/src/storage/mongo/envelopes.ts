/** The envelope queues in MongoDB. */
import type { DeviceAddress, EnvelopeStore, QueuedEnvelope, SubmissionState } from '../interfaces.ts'
import type { DeviceKey, EnvelopeDocument, QueueDocument, SubmissionDocument } from './documents.ts'
import { findDeviceKey } from './find-device.ts'
import { groupBy } from './group-by.ts'
import type { Models } from './models.ts'
import { NO_SEQUENCE, writeWhatIsNoted } from './sequences.ts'
import { envelopesOf, type Gone, type Settling, submissionOf } from './settling.ts'
import type { Submitter } from './submitter.ts'
import type { Transitions } from './transitions.ts'

const STATES_PER_QUERY = 100

interface Parts {
  models: Models
  submitter: Submitter
  settling: Settling
  transitions: Transitions
}

export function mongoEnvelopes({ models, submitter, settling, transitions }: Parts): EnvelopeStore {
  const { envelopes } = models
  const ofDevice = async <T>(address: DeviceAddress, none: T, work: (device: DeviceKey) => Promise<T>) => {
    const device = await findDeviceKey(models, address)
    return device === undefined ? none : work(device)
  }

  return {
    submit: (submission) => submitter.submit(submission),
    list: (address, bounds) => ofDevice(address, [], (device) => list(models, device, bounds)),
    lastWaiting: (address) =>
      ofDevice(address, 0, async (device) => {
        const last = await envelopes
          .findOne({ device, state: 'waiting' }, { sequence: 1 })
          .sort({ sequence: -1 })
          .lean()
        return last?.sequence ?? 0
      }),
    queueLength: (address) =>
      ofDevice(address, 0, (device) =>
        envelopes.countDocuments({ device, state: 'waiting', sequence: { $gt: NO_SEQUENCE } }).exec(),
      ),
    acknowledge: (address, sequences) =>
      ofDevice(address, 0, async (device) => {
        const filter = { device, state: 'waiting' as const, sequence: { $in: sequences } }
        const found = await envelopes.find(filter, { content: 0 }).lean<Gone[]>()
        if (found.length === 0) return 0
        const ids = found.map(({ _id }) => _id)
        const { modifiedCount } = await envelopes.updateMany(
          { _id: { $in: ids }, state: 'waiting' },
          { $set: { state: 'acknowledged', goneAt: new Date() }, $unset: { content: 1 } },
        )
        settling.settleSoon(found.map((envelope) => ({ ...envelope, state: 'acknowledged' })))
        return modifiedCount
      }),
    states: (keyHashes) => states(models, keyHashes),
    async sweep(nowMs, limit) {
      await settling.idle()
      const expired = await sweepExpired(models, settling, nowMs, limit)
      await settling.sweep(limit)
      await transitions.sweep(limit)
      return { envelopes: expired, submissions: await forget(models, nowMs, limit) }
    },
  }
}

interface Bounds {
  afterSequence: number
  maxEnvelopes: number
  maxBytes: number
}

async function list(models: Models, device: DeviceKey, bounds: Bounds): Promise<QueuedEnvelope[]> {
  const queue = await models.queues.findOne({ _id: device }).lean<QueueDocument | null>()
  if (!queue) return []
  await writeWhatIsNoted(models, queue)
  // Up to here everything that has a place can be read; after it something may still be unwritten.
  const last = await lastThatFits(models, device, bounds, queue.lastSequence)
  if (last === bounds.afterSequence) return []
  return readContents(models, device, bounds.afterSequence, last)
}

/** Sizes first: content is read only for what fits. */
async function lastThatFits(
  { envelopes }: Models,
  device: DeviceKey,
  { afterSequence, maxEnvelopes, maxBytes }: Bounds,
  upTo: number,
): Promise<number> {
  if (upTo <= afterSequence) return afterSequence
  const sizes = await envelopes
    .find(
      { device, state: 'waiting', sequence: { $gt: afterSequence, $lte: upTo } },
      { sequence: 1, size: 1 },
    )
    .sort({ sequence: 1 })
    .limit(maxEnvelopes)
    .lean()
  let bytes = 0
  let last = afterSequence
  for (const { sequence, size } of sizes) {
    bytes += size
    if (bytes > maxBytes) break
    last = sequence
  }
  return last
}

async function readContents(
  { envelopes }: Models,
  device: DeviceKey,
  after: number,
  upTo: number,
): Promise<QueuedEnvelope[]> {
  const found = await envelopes
    .find(
      { device, state: 'waiting', sequence: { $gt: after, $lte: upTo } },
      { sequence: 1, receivedAtMs: 1, content: 1 },
    )
    .sort({ sequence: 1 })
    .lean<EnvelopeDocument[]>()
  return found.flatMap(({ sequence, receivedAtMs, content }) =>
    content === undefined ? [] : [{ sequence, receivedAtMs, content }],
  )
}

/** What the submission says, unless an envelope of it knows better: see settling.ts. */
async function states(models: Models, keyHashes: Uint8Array[]): Promise<(SubmissionState | undefined)[]> {
  const keys = keyHashes.map((hash) => Buffer.from(hash).toString('hex'))
  const told = await models.submissions
    .find({ _id: { $in: keys } }, { state: 1 })
    .lean<SubmissionDocument[]>()
  const stateOf = new Map<string, SubmissionState>(told.map(({ _id, state }) => [_id, state]))
  const open = [...new Set(keys)].filter(
    (key) => stateOf.get(key) === undefined || stateOf.get(key) === 'queued',
  )
  for (let start = 0; start < open.length; start += STATES_PER_QUERY) {
    const some = open.slice(start, start + STATES_PER_QUERY)
    const left = await models.envelopes
      .find({ $or: some.map(envelopesOf) }, { state: 1 })
      .lean<Pick<EnvelopeDocument, '_id' | 'state'>[]>()
    for (const [key, list] of groupBy(left, submissionOf)) {
      if (list.some(({ state }) => state === 'acknowledged')) stateOf.set(key, 'delivered')
      else if (list.every(({ state }) => state === 'lost')) stateOf.set(key, 'expired')
    }
  }
  return keys.map((key) => stateOf.get(key))
}

async function sweepExpired(
  { envelopes }: Models,
  settling: Settling,
  nowMs: number,
  limit: number,
): Promise<number> {
  const expired = await envelopes
    .find({ expiresAt: { $lte: new Date(nowMs) } }, { _id: 1 })
    .sort({ expiresAt: 1 })
    .limit(limit)
    .lean()
  if (expired.length === 0) return 0
  const these = { _id: { $in: expired.map(({ _id }) => _id) } }
  const lost = await settling.lose({ ...these, state: 'waiting' })
  await settling.settle(await envelopes.find(these, { content: 0 }).lean<Gone[]>())
  return lost
}

async function forget({ submissions }: Models, nowMs: number, limit: number): Promise<number> {
  const old = await submissions
    .find({ forgottenAt: { $lte: new Date(nowMs) } }, { _id: 1 })
    .sort({ forgottenAt: 1 })
    .limit(limit)
    .lean()
  if (old.length === 0) return 0
  return (await submissions.deleteMany({ _id: { $in: old.map(({ _id }) => _id) } })).deletedCount
}
