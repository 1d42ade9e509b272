/**
 * One writer of the directory at a time, in all processes: a lease in the state document, renewed while the writer
 * lives. Every change of the state names its writer, so one that lost its lease changes nothing. After a kill the next
 * one waits for the lease to end. Not concerned with what is written.
 */
import { randomUUID } from 'node:crypto'
import { DirectoryError } from '@pli/directory'
import type { mongo } from 'mongoose'
import type { DirectoryCollections } from './directory-collections.ts'
import { STATE, type StateDocument } from './directory-documents.ts'

const LEASE_MS = 30_000
const RENEW_EVERY_MS = 10_000

export interface WriterLease {
  /** Changes the state. Throws DirectoryError `sync-running` when another writer has taken over. */
  change(update: mongo.UpdateFilter<StateDocument>): Promise<void>
  end(): Promise<void>
}

/** Throws DirectoryError `sync-running`. */
export async function takeLease({ state }: DirectoryCollections): Promise<WriterLease> {
  const owner = randomUUID()
  const until = () => new Date(Date.now() + LEASE_MS)
  const ours = { _id: STATE, 'writer.owner': owner } as const
  await state.updateOne({ _id: STATE }, { $setOnInsert: { lastGeneration: 0 } }, { upsert: true })
  const { matchedCount } = await state.updateOne(
    { _id: STATE, $or: [{ writer: { $exists: false } }, { 'writer.until': { $lt: new Date() } }] },
    { $set: { writer: { owner, until: until() } } },
  )
  if (matchedCount === 0) {
    throw new DirectoryError('sync-running', 'The directory is being written to by another process.')
  }
  const renew = setInterval(() => {
    // Failing to renew is noticed at the next change.
    state.updateOne(ours, { $set: { 'writer.until': until() } }).catch(() => undefined)
  }, RENEW_EVERY_MS)
  renew.unref()
  return {
    async change(update) {
      const changed = await state.updateOne(ours, update)
      if (changed.matchedCount > 0) return
      throw new DirectoryError('sync-running', 'Another process has taken over writing the directory.')
    },
    async end() {
      clearInterval(renew)
      await state.updateOne(ours, { $unset: { writer: 1 } })
    },
  }
}
