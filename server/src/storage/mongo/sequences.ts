/**
 * The order of a queue. One change of the queue's own document gives envelopes their sequences and notes which is whose;
 * after that nothing moves them. Only then is the sequence written on the envelope, and the note struck out: whoever
 * comes upon a note, a reader or another node, may write it on the envelope itself, so nobody ever waits for a node that
 * is slow or dead. Not concerned with what envelopes hold.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { RelayError } from '../../errors.ts'
import type { DeviceKey, EnvelopeDocument, QueueDocument } from './documents.ts'
import type { Models } from './models.ts'
import { updateEach } from './update-each.ts'

const TRIES = 50
const BETWEEN_TRIES_MS = 5

/** What an envelope has before it has its sequence: nobody reads it. */
export const NO_SEQUENCE = 0

interface Place {
  /** The envelope's `_id`. */
  envelope: string
  sequence: number
}

/**
 * Gives these envelopes of one device, which are stored, the next sequences, in this order. One that has its place
 * already, from an earlier attempt or another node's, keeps it. Returns the sequences given now, and the notes to strike
 * out; undefined when the device is gone.
 *
 * `queue` was read before the envelopes were stored: a place given since then changed the queue, and is seen.
 */
export async function giveSequences(
  models: Models,
  queue: QueueDocument,
  envelopes: string[],
): Promise<{ given: Map<string, number>; noted: Place[] } | undefined> {
  let current: QueueDocument | null = queue
  let left = envelopes
  for (let tries = 0; tries < TRIES; tries += 1) {
    const { _id: device, lastSequence }: QueueDocument = current
    const places = left.map((envelope, index) => ({ envelope, sequence: lastSequence + 1 + index }))
    const before = current.unwritten.map(placeOf)
    if (places.length === 0) return { given: new Map(), noted: before }
    const { matchedCount } = await models.queues.updateOne(
      { _id: device, lastSequence },
      {
        $inc: { lastSequence: places.length, queued: places.length },
        $push: { unwritten: { $each: places.map(noteOf) } },
      },
    )
    if (matchedCount > 0) {
      const given = new Map(places.map(({ envelope, sequence }) => [envelope, sequence]))
      return { given, noted: [...before, ...places] }
    }
    // Another node was quicker, perhaps with the same envelopes.
    await sleep(Math.random() * BETWEEN_TRIES_MS)
    current = await models.queues.findOne({ _id: device }).lean<QueueDocument | null>()
    if (current === null) return undefined
    left = await withoutPlace(models, current, left)
  }
  throw new RelayError('unavailable', 'storage: a queue changed again and again')
}

/** Those of these envelopes that nobody gave a place before `queue` was read. One that is gone had one. */
export async function withoutPlace(
  { envelopes }: Models,
  queue: QueueDocument,
  these: string[],
): Promise<string[]> {
  if (these.length === 0) return []
  const noted = new Set(queue.unwritten.map((note) => placeOf(note).envelope))
  const found = await envelopes
    .find({ _id: { $in: these }, sequence: NO_SEQUENCE }, { _id: 1 })
    .lean<Pick<EnvelopeDocument, '_id'>[]>()
  const unplaced = new Set(found.map(({ _id }) => _id))
  return these.filter((envelope) => unplaced.has(envelope) && !noted.has(envelope))
}

/** Writes sequences on their envelopes; may be repeated, by anybody, at any time. */
export async function writeSequences({ envelopes }: Models, places: Place[]): Promise<void> {
  await updateEach(
    envelopes,
    places.map(({ envelope, sequence }) => ({
      updateOne: { filter: { _id: envelope, sequence: NO_SEQUENCE }, update: { $set: { sequence } } },
    })),
  )
}

/** After they are written. */
export async function strikeOut({ queues }: Models, device: DeviceKey, places: Place[]): Promise<void> {
  if (places.length === 0) return
  await queues.updateOne({ _id: device }, { $pullAll: { unwritten: places.map(noteOf) } })
}

/** Before reading in order: writes what was noted and is not written, perhaps never will be. */
export async function writeWhatIsNoted(models: Models, queue: QueueDocument): Promise<void> {
  if (queue.unwritten.length === 0) return
  const noted = queue.unwritten.map((note) => placeOf(note).envelope)
  const unwritten = await models.envelopes.exists({ _id: { $in: noted }, sequence: NO_SEQUENCE })
  // Most often the node that noted them is done, or at it.
  if (unwritten) await finishNoted(models, queue)
}

export async function finishNoted(models: Models, queue: QueueDocument): Promise<void> {
  const places = queue.unwritten.map(placeOf)
  await writeSequences(models, places)
  await strikeOut(models, queue._id, places)
}

function noteOf({ envelope, sequence }: Place): string {
  return `${sequence} ${envelope}`
}

function placeOf(note: string): Place {
  const space = note.indexOf(' ')
  return { sequence: Number(note.slice(0, space)), envelope: note.slice(space + 1) }
}
