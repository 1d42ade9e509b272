/**
 * The directory's store in MongoDB: a collection of people for each generation, and one state document that decides. It
 * may share the relay's database. Not concerned with accounts or envelopes.
 */
import { DirectoryError } from '@pli/directory'
import type { DirectoryStore, DirectoryWriter, RecordedRun } from '@pli/directory/store'
import { connect, type MongoAddress } from './connect.ts'
import { applyChanges, finishChanges } from './directory-changing.ts'
import {
  createCollections,
  type DirectoryCollections,
  guardDirectory,
  guardedDirectory,
  readState,
} from './directory-collections.ts'
import { compare } from './directory-comparing.ts'
import { createDirectoryReader } from './directory-reader.ts'
import { createDirectoryStaging, undoUnnamed } from './directory-staging.ts'
import { swap } from './directory-swapping.ts'
import { takeLease, type WriterLease } from './directory-writer-lease.ts'

const RUNS_KEPT = 50

/** Throws DirectoryError `store-unavailable`. */
export async function openMongoDirectory(address: MongoAddress): Promise<DirectoryStore> {
  const connection = await connect(address).catch(() => {
    throw new DirectoryError('store-unavailable', 'The directory’s database does not answer.')
  })
  const collections = createCollections(connection)
  return {
    ...createDirectoryReader(collections),
    openWriter: () => guardDirectory(() => openWriter(collections)),
    close: () => guardDirectory(() => connection.close()),
  }
}

async function openWriter(collections: DirectoryCollections): Promise<DirectoryWriter> {
  const lease = await takeLease(collections)
  try {
    await recover(collections, lease)
    return createWriter(collections, lease)
  } catch (error) {
    await lease.end()
    throw error
  }
}

/** After a writer that died: its changes are finished, its half batch is undone, what nothing names is dropped. */
async function recover(collections: DirectoryCollections, lease: WriterLease): Promise<void> {
  await finishChanges(collections, lease)
  const { current, former, staging } = await readState(collections)
  if (staging) await undoUnnamed(collections, staging)
  const named = [current, former, staging].map((state) => state?.generation)
  for (const generation of await collections.generations()) {
    if (!named.includes(generation)) await collections.drop(generation)
  }
}

function createWriter(collections: DirectoryCollections, lease: WriterLease): DirectoryWriter {
  return guardedDirectory<DirectoryWriter>({
    ...createDirectoryStaging(collections, lease),
    compare: () => compare(collections),
    swap: (nowMs) => swap(collections, lease, nowMs),
    applyChanges: (changes, position, nowMs) =>
      applyChanges(collections, lease, { changes, position, nowMs }),
    feedPosition: async () => (await readState(collections)).current?.feed,
    recordRun: (run) => recordRun(collections, run),
    recordedRuns: () => readRuns(collections),
    close: () => lease.end(),
  })
}

async function recordRun({ runs }: DirectoryCollections, { atMs, report }: RecordedRun): Promise<void> {
  const [newest] = await runs.find({}).sort({ _id: -1 }).limit(1).toArray()
  await runs.insertOne({ _id: (newest?._id ?? 0) + 1, atMs, report: JSON.stringify(report) })
  await runs.deleteMany({ _id: { $lte: (newest?._id ?? 0) + 1 - RUNS_KEPT } })
}

async function readRuns({ runs }: DirectoryCollections): Promise<RecordedRun[]> {
  const found = await runs.find({}).sort({ _id: -1 }).toArray()
  return found.map(({ atMs, report }) => ({ atMs, report: JSON.parse(report) as RecordedRun['report'] }))
}
