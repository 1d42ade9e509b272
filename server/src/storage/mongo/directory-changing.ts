/**
 * Changes inside the current generation, all or nothing: what will be written is noted first (the log of changes and the
 * new records), then the state says that it is coming, then it is written, then the state names the new sequence. A
 * writer that dies in between leaves a note by which the next one finishes. A reader may see a record before its
 * sequence, never a sequence before its record.
 */
import { DirectoryError } from '@pli/directory'
import { type Applied, type DirectoryVersion, type PersonChange, withdrawPerson } from '@pli/directory/store'
import { type DirectoryCollections, readState } from './directory-collections.ts'
import { type GenerationState, type PersonDocument, toDocument, toPerson } from './directory-documents.ts'
import { versionOf } from './directory-reader.ts'
import type { WriterLease } from './directory-writer-lease.ts'

type What = 'added' | 'changed' | 'unchanged' | 'gone'

/** Written by a change, not by a batch. */
const BY_CHANGE = 0

export async function applyChanges(
  collections: DirectoryCollections,
  lease: WriterLease,
  { changes, position, nowMs }: { changes: readonly PersonChange[]; position: string; nowMs: number },
): Promise<Applied> {
  await finishChanges(collections, lease)
  const { current } = await readState(collections)
  if (current === undefined) throw new DirectoryError('no-generation', 'No snapshot was taken in yet.')
  const before = await readFormer(collections, current, changes)
  const { log, counts, after } = decide(changes, before, nowMs)
  const version = nextVersion(current, { log, before, after, nowMs })
  const feed = { position, atMs: nowMs }
  if (log.length > 0) {
    await collections.pending.insertMany([...after.values()])
    const logged = log.map((personId, index) => ({ _id: current.sequence + index + 1, personId }))
    await collections.changes(current.generation).insertMany(logged)
    await lease.change({ $set: { applying: { version, feed } } })
    await finishChanges(collections, lease)
  } else await lease.change({ $set: { 'current.feed': feed } })
  return { version, ...counts }
}

/** Finishes what a writer that died had noted, or undoes what it had not noted wholly. */
export async function finishChanges(collections: DirectoryCollections, lease: WriterLease): Promise<void> {
  const { applying, current } = await readState(collections)
  if (current === undefined) return
  const { generation } = current
  if (applying) {
    const documents = await collections.pending.find({}).toArray()
    await collections.people(generation).bulkWrite(
      documents.map((document) => ({
        replaceOne: { filter: { _id: document._id }, replacement: document, upsert: true },
      })),
      { ordered: false },
    )
    const { version, feed } = applying
    await lease.change({ $set: { current: { ...version, feed } }, $unset: { applying: 1 } })
  } else await collections.changes(generation).deleteMany({ _id: { $gt: current.sequence } })
  await collections.pending.deleteMany({})
}

async function readFormer(
  collections: DirectoryCollections,
  { generation }: GenerationState,
  changes: readonly PersonChange[],
): Promise<Map<string, PersonDocument>> {
  const ids = [...new Set(changes.map(({ personId }) => personId))]
  const found = await collections
    .people(generation)
    .find({ _id: { $in: ids } })
    .toArray()
  return new Map(found.map((document) => [document._id, document]))
}

function decide(changes: readonly PersonChange[], before: Map<string, PersonDocument>, nowMs: number) {
  const after = new Map<string, PersonDocument>()
  const counts: Record<What, number> = { added: 0, changed: 0, unchanged: 0, gone: 0 }
  const log: string[] = []
  for (const change of changes) {
    const former = after.get(change.personId) ?? before.get(change.personId)
    const [what, document] = changed(change, former, nowMs)
    counts[what] += 1
    if (document === undefined) continue
    after.set(change.personId, document)
    log.push(change.personId)
  }
  return { after, counts, log }
}

function changed(
  { person }: PersonChange,
  former: PersonDocument | undefined,
  nowMs: number,
): [What, PersonDocument | undefined] {
  const isPresent = former !== undefined && former.goneSinceMs === undefined
  if (person === undefined) {
    if (!isPresent) return ['unchanged', undefined]
    return ['gone', toDocument(withdrawPerson(toPerson(former), nowMs), BY_CHANGE)]
  }
  const document = toDocument(person, BY_CHANGE)
  if (former?.body === document.body) return ['unchanged', undefined]
  return [isPresent ? 'changed' : 'added', document]
}

interface Changed {
  log: string[]
  before: Map<string, PersonDocument>
  after: Map<string, PersonDocument>
  nowMs: number
}

function nextVersion(current: GenerationState, { log, before, after, nowMs }: Changed): DirectoryVersion {
  if (log.length === 0) return versionOf(current)
  let { people, roles } = current
  for (const [personId, document] of after) {
    const [was, is] = [presence(before.get(personId)), presence(document)]
    people += is.people - was.people
    roles += is.roles - was.roles
  }
  return { ...versionOf(current), people, roles, changedAtMs: nowMs, sequence: current.sequence + log.length }
}

function presence(document: PersonDocument | undefined): { people: number; roles: number } {
  if (document === undefined || document.goneSinceMs !== undefined) return { people: 0, roles: 0 }
  return { people: 1, roles: document.roles }
}
