/** What is staged against what is current: both are read once, side by side in the order of ids. */
import type { Comparison } from '@pli/directory/store'
import type { mongo } from 'mongoose'
import { type DirectoryCollections, readState } from './directory-collections.ts'
import type { PersonDocument } from './directory-documents.ts'
import { requireStaging } from './directory-staging.ts'

type Reasons = Comparison['setAside']
type Brief = Pick<PersonDocument, '_id' | 'digest' | 'goneSinceMs'>

export async function compare(collections: DirectoryCollections): Promise<Comparison> {
  const staging = await requireStaging(collections)
  const { current } = await readState(collections)
  const keeps = await setAsideIds(collections)
  const counts = { added: 0, changed: 0, unchanged: 0, gone: 0, keptFormer: 0 }
  for await (const [staged, held] of sideBySide(collections, staging.generation, current?.generation)) {
    const former = held?.goneSinceMs === undefined ? held : undefined
    if (staged === undefined) {
      if (former !== undefined) counts[keeps.has(former._id) ? 'keptFormer' : 'gone'] += 1
    } else if (former === undefined) counts.added += 1
    else counts[former.digest.equals(staged.digest) ? 'unchanged' : 'changed'] += 1
  }
  return {
    ...counts,
    people: staging.people,
    roles: staging.roles,
    formerPeople: current?.people ?? 0,
    repeated: staging.repeated,
    setAside: await countReasons(collections, 'row'),
    refusedRoles: await countReasons(collections, 'role'),
  }
}

/** Everybody of either generation once, with what each has of them. */
export async function* sideBySide(
  collections: DirectoryCollections,
  staged: number,
  current: number | undefined,
): AsyncIterable<[staged: Brief | undefined, current: Brief | undefined]> {
  const [now, before] = [
    briefly(collections, staged),
    current === undefined ? none() : briefly(collections, current),
  ]
  try {
    let [one, other] = [await now.next(), await before.next()]
    while (one !== null || other !== null) {
      const isFirst = one !== null && (other === null || one._id <= other._id)
      const isSecond = other !== null && (one === null || other._id <= one._id)
      yield [isFirst ? (one ?? undefined) : undefined, isSecond ? (other ?? undefined) : undefined]
      if (isFirst) one = await now.next()
      if (isSecond) other = await before.next()
    }
  } finally {
    await now.close()
    await before.close()
  }
}

/** Who was set aside by name: their former records stay. */
export async function setAsideIds({ setAside }: DirectoryCollections): Promise<Set<string>> {
  const found = await setAside.find({ personId: { $exists: true } }).toArray()
  return new Set(found.flatMap(({ personId }) => personId ?? []))
}

function briefly(collections: DirectoryCollections, generation: number): mongo.FindCursor<Brief> {
  const projection = { digest: 1, goneSinceMs: 1 }
  return collections.people(generation).find({}, { projection, promoteBuffers: true }).sort({ _id: 1 })
}

function none(): Pick<mongo.FindCursor<Brief>, 'next' | 'close'> {
  return { next: async () => null, close: async () => undefined }
}

async function countReasons({ setAside }: DirectoryCollections, kind: 'row' | 'role'): Promise<Reasons> {
  const counts: Record<string, number> = {}
  for await (const { reason } of setAside.find({ kind })) counts[reason] = (counts[reason] ?? 0) + 1
  return counts as Reasons
}
