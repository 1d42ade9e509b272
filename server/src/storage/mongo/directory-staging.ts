/**
 * Staging a snapshot in MongoDB beside the current generation. A batch is written, then named in the state: what a
 * batch wrote that never was named is undone before anything else is staged. Not concerned with swapping.
 */
import { DirectoryError, type Person } from '@pli/directory'
import { type DirectoryWriter, type StagedBatch, type StagedSnapshot, uniteRoles } from '@pli/directory/store'
import { type DirectoryCollections, readState } from './directory-collections.ts'
import { type PersonDocument, type StagingState, toDocument, toPerson } from './directory-documents.ts'
import type { WriterLease } from './directory-writer-lease.ts'

type Staging = Pick<DirectoryWriter, 'staged' | 'beginStaging' | 'stage' | 'discardStaging'>

interface Counts {
  people: number
  roles: number
  repeated: number
}

export function createDirectoryStaging(collections: DirectoryCollections, lease: WriterLease): Staging {
  async function discard(): Promise<void> {
    const { staging } = await readState(collections)
    await lease.change({ $unset: { staging: 1 } })
    await collections.setAside.deleteMany({})
    if (staging) await collections.drop(staging.generation)
  }

  return {
    async staged() {
      const { staging } = await readState(collections)
      return staging && toSnapshot(staging)
    },
    async beginStaging({ source, sourceVersion, feedPosition, startedAtMs }) {
      await discard()
      const generation = (await readState(collections)).lastGeneration + 1
      await collections.create(generation)
      const counts = { people: 0, roles: 0, rows: 0, repeated: 0, batches: 0 }
      const staging = {
        generation,
        source,
        sourceVersion,
        feedPosition,
        startedAtMs,
        isComplete: false,
        ...counts,
      }
      await lease.change({ $set: { staging, lastGeneration: generation } })
    },
    async stage(batch) {
      const staging = await requireStaging(collections)
      await undoUnnamed(collections, staging)
      const counts = await writeBatch(collections, staging, batch)
      const rows = batch.people.length + batch.setAside.length
      await lease.change({
        $set: { 'staging.cursor': batch.cursor, 'staging.isComplete': batch.isLast },
        $inc: {
          'staging.people': counts.people,
          'staging.roles': counts.roles,
          'staging.repeated': counts.repeated,
          'staging.rows': rows,
          'staging.batches': 1,
        },
      })
    },
    discardStaging: discard,
  }
}

/** Throws DirectoryError `nothing-staged`. */
export async function requireStaging(collections: DirectoryCollections): Promise<StagingState> {
  const { staging } = await readState(collections)
  if (staging === undefined) throw new DirectoryError('nothing-staged', 'No snapshot is staged.')
  return staging
}

/** Also what a swap that was cut short had carried over. */
export async function undoUnnamed(
  collections: DirectoryCollections,
  { generation, batches }: StagingState,
): Promise<void> {
  const people = collections.people(generation)
  const unnamed = { batch: { $gt: batches } }
  for (const { _id, before } of await people.find({ ...unnamed, before: { $exists: true } }).toArray()) {
    if (before) await people.replaceOne({ _id }, before)
  }
  await people.deleteMany(unnamed)
  await collections.setAside.deleteMany(unnamed)
}

async function writeBatch(
  collections: DirectoryCollections,
  { generation, batches }: StagingState,
  { people, setAside, refusedRoles }: StagedBatch,
): Promise<Counts> {
  const batch = batches + 1
  const ids = [...new Set(people.map(({ personId }) => personId))]
  const found = await collections
    .people(generation)
    .find({ _id: { $in: ids } })
    .toArray()
  const before = new Map(found.map((document) => [document._id, document]))
  const { united, counts } = unite(people, before)
  const documents = [...united.values()].map((person) => toDocument(person, batch))
  const [again, fresh] = [
    documents.filter(({ _id }) => before.has(_id)),
    documents.filter(({ _id }) => !before.has(_id)),
  ]
  if (fresh.length > 0) await collections.people(generation).insertMany(fresh, { ordered: false })
  for (const document of again) {
    const replacement = withBefore(document, before.get(document._id))
    await collections.people(generation).replaceOne({ _id: document._id }, replacement)
  }
  const aside = [
    ...setAside.map((one) => ({ kind: 'row' as const, ...one })),
    ...refusedRoles.map((reason) => ({ kind: 'role' as const, reason })),
  ].map((one, index) => ({ _id: `${batch}:${index}`, batch, ...one }))
  if (aside.length > 0) await collections.setAside.insertMany(aside)
  return counts
}

function unite(people: readonly Person[], before: Map<string, PersonDocument>) {
  const united = new Map<string, Person>()
  const counts: Counts = { people: 0, roles: 0, repeated: 0 }
  for (const person of people) {
    const earlier = before.get(person.personId)
    const former = united.get(person.personId) ?? (earlier && toPerson(earlier))
    const now = former ? uniteRoles(former, person) : person
    if (former) counts.repeated += 1
    else counts.people += 1
    counts.roles += now.roles.length - (former?.roles.length ?? 0)
    united.set(person.personId, now)
  }
  return { united, counts }
}

function withBefore(document: PersonDocument, earlier: PersonDocument | undefined): PersonDocument {
  if (!earlier) return document
  const { before: _older, ...before } = earlier
  return { ...document, before }
}

function toSnapshot(staging: StagingState): StagedSnapshot {
  const { source, sourceVersion, feedPosition, startedAtMs, cursor, isComplete, people, roles, rows } =
    staging
  return { source, sourceVersion, feedPosition, startedAtMs, cursor, isComplete, people, roles, rows }
}
