// Notifications into the current generation. They only say whom to fetch again: a notice that comes twice, late or out of
// order does no harm, since what is stored is what the register says now.
// Not concerned with what follows a gap: whoever calls takes a snapshot.

import type { DirectorySource, QuarantineReason, SourceRow } from '../source/source.ts'
import type { DirectoryWriter, PersonChange } from '../store/store.ts'
import { checkPerson } from './check-person.ts'
import { isTooManyGone } from './verdict.ts'

export interface Followed {
  added: number
  changed: number
  unchanged: number
  gone: number
  keptFormer: number
  fetched: number
  readonly setAside: Partial<Record<QuarantineReason, number>>
  readonly refusedRoles: Partial<Record<QuarantineReason, number>>
  /** why it stopped before the end of the feed */
  stopped?: 'gap' | 'too-old' | 'too-many-gone'
}

interface Settings {
  readonly since: string
  /** people in the directory before */
  readonly formerPeople: number
  /** how many of them were taken out by earlier changes, lately: a register empties no less for doing it slowly */
  readonly goneBefore: number
  /** of these people, how many are in the directory: a notice may come twice */
  readonly countPresent: (personIds: readonly string[]) => Promise<number>
  readonly isForced: boolean
  readonly nowMs: () => number
  readonly signal?: AbortSignal
  readonly onProgress: (fetched: number) => void
}

/** Enough to hide the way to the register, few enough not to be a burden to it. */
const FETCHED_AT_ONCE = 8

export async function followChanges(
  source: DirectorySource,
  writer: DirectoryWriter,
  settings: Settings,
): Promise<Followed> {
  const { since, signal, formerPeople, goneBefore, countPresent, isForced, nowMs, onProgress } = settings
  const followed: Followed = {
    ...{ added: 0, changed: 0, unchanged: 0, gone: 0, keptFormer: 0, fetched: 0 },
    setAside: {},
    refusedRoles: {},
  }
  const options = signal === undefined ? {} : { signal }
  for await (const batch of source.changes(since, options)) {
    if (batch.kind === 'snapshot-needed') return { ...followed, stopped: batch.reason }
    const rows = await fetchAll(source, [...new Set(batch.personIds)], options)
    const changes = rows.flatMap(([personId, row]) => changeOf(personId, row, followed))
    followed.fetched += rows.length
    const unsaid = changes.filter(({ person }) => person === undefined)
    const vanishing =
      isForced || unsaid.length === 0 ? 0 : await countPresent(unsaid.map(({ personId }) => personId))
    const gone = goneBefore + followed.gone + vanishing
    if (vanishing > 0 && isTooManyGone(gone, formerPeople + goneBefore)) {
      return { ...followed, stopped: 'too-many-gone' }
    }
    const applied = await writer.applyChanges(changes, batch.position, nowMs())
    for (const count of ['added', 'changed', 'unchanged', 'gone'] as const) followed[count] += applied[count]
    onProgress(followed.fetched)
    signal?.throwIfAborted()
  }
  return followed
}

async function fetchAll(
  source: DirectorySource,
  personIds: readonly string[],
  options: { signal?: AbortSignal },
): Promise<[string, SourceRow | undefined][]> {
  const rows: [string, SourceRow | undefined][] = []
  const left = personIds.values()
  const fetchNext = async () => {
    for (const personId of left) rows.push([personId, await source.fetchPerson(personId, options)])
  }
  await Promise.all(Array.from({ length: FETCHED_AT_ONCE }, fetchNext))
  return rows
}

/** What is to be stored; nothing for a record that cannot be read, so that the former one stays. */
function changeOf(personId: string, row: SourceRow | undefined, followed: Followed): PersonChange[] {
  if (row === undefined) return [{ personId, person: undefined }]
  const reason = row.kind === 'person' ? checkPerson(row.person) : row.reason
  if (row.kind === 'person' && reason === undefined) {
    for (const refused of row.refusedRoles) count(followed.refusedRoles, refused)
    return [{ personId: row.person.personId, person: row.person }]
  }
  if (reason !== undefined) count(followed.setAside, reason)
  followed.keptFormer += 1
  return []
}

function count(counts: Partial<Record<QuarantineReason, number>>, reason: QuarantineReason): void {
  counts[reason] = (counts[reason] ?? 0) + 1
}
