/**
 * A staged snapshot becomes the current generation: first those who must stay are carried over into it, which can be
 * repeated; then one change of the state swaps. Not concerned with whether it may.
 */
import { DirectoryError } from '@pli/directory'
import { type DirectoryVersion, GONE_KEPT_MS, withdrawPerson } from '@pli/directory/store'
import { type DirectoryCollections, readState } from './directory-collections.ts'
import { setAsideIds, sideBySide } from './directory-comparing.ts'
import type { GenerationState, PersonDocument, StagingState } from './directory-documents.ts'
import { toDocument, toPerson } from './directory-documents.ts'
import { versionOf } from './directory-reader.ts'
import { requireStaging, undoUnnamed } from './directory-staging.ts'
import type { WriterLease } from './directory-writer-lease.ts'

const CARRY_AT_ONCE = 1_000
/** Beyond every batch: a swap that is cut short is undone like a batch that is. */
const CARRIED = 1_000_000_000

export async function swap(
  collections: DirectoryCollections,
  lease: WriterLease,
  nowMs: number,
): Promise<DirectoryVersion> {
  const staging = await requireStaging(collections)
  if (!staging.isComplete) throw new DirectoryError('nothing-staged', 'The staged snapshot is cut off.')
  await undoUnnamed(collections, staging)
  const { current, former } = await readState(collections)
  const kept = current ? await carryOver(collections, staging, current, nowMs) : { people: 0, roles: 0 }
  const next: GenerationState = {
    generation: staging.generation,
    sequence: 0,
    source: staging.source,
    sourceVersion: staging.sourceVersion,
    people: staging.people + kept.people,
    roles: staging.roles + kept.roles,
    changedAtMs: nowMs,
    feed: { position: staging.feedPosition, atMs: nowMs },
  }
  await lease.change(
    current
      ? { $set: { current: next, former: current }, $unset: { staging: 1 } }
      : { $set: { current: next }, $unset: { staging: 1 } },
  )
  await collections.setAside.deleteMany({})
  if (former) await collections.drop(former.generation)
  return versionOf(next)
}

/** Returns who of those carried over the register still has. */
async function carryOver(
  collections: DirectoryCollections,
  staging: StagingState,
  current: GenerationState,
  nowMs: number,
): Promise<{ people: number; roles: number }> {
  const keeps = await setAsideIds(collections)
  const present = { people: 0, roles: 0 }
  let ids: string[] = []
  const carry = async () => {
    const documents = await collections
      .people(current.generation)
      .find({ _id: { $in: ids } })
      .toArray()
    ids = []
    const carried = documents.flatMap((document) => carriedOver(document, keeps, nowMs) ?? [])
    for (const { goneSinceMs, roles } of carried) {
      if (goneSinceMs !== undefined) continue
      present.people += 1
      present.roles += roles
    }
    if (carried.length > 0) await collections.people(staging.generation).insertMany(carried)
  }
  for await (const [staged, held] of sideBySide(collections, staging.generation, current.generation)) {
    if (staged !== undefined || held === undefined) continue
    ids.push(held._id)
    if (ids.length >= CARRY_AT_ONCE) await carry()
  }
  if (ids.length > 0) await carry()
  return present
}

/** As they were: whose row could not be read, and who has been gone for less than a year. Others are withdrawn. */
function carriedOver(
  document: PersonDocument,
  keeps: Set<string>,
  nowMs: number,
): PersonDocument | undefined {
  const { before: _before, ...held } = document
  const { goneSinceMs } = held
  const isKept = keeps.has(held._id) || (goneSinceMs !== undefined && goneSinceMs > nowMs - GONE_KEPT_MS)
  if (isKept) return { ...held, batch: CARRIED }
  return goneSinceMs === undefined ? toDocument(withdrawPerson(toPerson(held), nowMs), CARRIED) : undefined
}
