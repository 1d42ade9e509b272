// A whole snapshot into the staging area: resumed behind the cursor that an interrupted run left, if the register still
// offers it. Not concerned with whether it may be swapped in.

import { DirectoryError } from '../errors.ts'
import type { Person } from '../model.ts'
import type { DirectorySource, QuarantineReason, SnapshotBatch, SourceRow } from '../source/source.ts'
import type { DirectoryWriter, SetAside, StagedBatch } from '../store/store.ts'
import { checkPerson } from './check-person.ts'

export interface SnapshotProgress {
  readonly people: number
  readonly roles: number
  /** as the register announces it */
  readonly totalPeople?: number
}

interface Settings {
  readonly nowMs: () => number
  readonly signal?: AbortSignal
  readonly onProgress: (progress: SnapshotProgress) => void
}

/** A snapshot older than this is not worth finishing. */
export const STAGED_KEPT_MS = 24 * 3600_000

/** Resolves when the last batch is staged; true if it went on with an interrupted run's. */
export async function takeSnapshot(
  source: DirectorySource,
  writer: DirectoryWriter,
  settings: Settings,
): Promise<boolean> {
  const after = await resumableCursor(source, writer, settings.nowMs())
  if (after !== undefined) {
    try {
      await stageFrom(source, writer, settings, after)
      return true
    } catch (error) {
      if (!(error instanceof DirectoryError && error.code === 'source-snapshot-replaced')) throw error
    }
  }
  await stageFrom(source, writer, settings, undefined)
  return false
}

async function resumableCursor(source: DirectorySource, writer: DirectoryWriter, nowMs: number) {
  const staged = await writer.staged()
  if (staged === undefined || staged.isComplete || staged.source !== source.name) return undefined
  return nowMs - staged.startedAtMs > STAGED_KEPT_MS ? undefined : staged.cursor
}

async function stageFrom(
  source: DirectorySource,
  writer: DirectoryWriter,
  { nowMs, signal, onProgress }: Settings,
  after: string | undefined,
): Promise<void> {
  let staged = after === undefined ? undefined : await writer.staged()
  const options = { ...(signal === undefined ? {} : { signal }), ...(after === undefined ? {} : { after }) }
  for await (const batch of source.snapshot(options)) {
    if (staged === undefined) {
      const { version, feedPosition } = batch
      await writer.beginStaging({
        source: source.name,
        sourceVersion: version,
        feedPosition,
        startedAtMs: nowMs(),
      })
    } else if (staged.sourceVersion !== batch.version) {
      throw new DirectoryError('source-snapshot-replaced', 'The register offers another snapshot now.')
    }
    await writer.stage({ ...sortRows(batch.rows), cursor: batch.cursor, isLast: batch.isLast })
    staged = await writer.staged()
    if (staged === undefined) throw new DirectoryError('nothing-staged', 'The staged snapshot went away.')
    onProgress({ people: staged.people, roles: staged.roles, ...total(batch) })
    if (batch.isLast) return refuseCutOff(staged.rows, batch.totalPeople)
    signal?.throwIfAborted()
  }
  throw new DirectoryError('source-malformed', 'The snapshot ended without its last batch.')
}

function total({ totalPeople }: SnapshotBatch): { totalPeople?: number } {
  return totalPeople === undefined ? {} : { totalPeople }
}

function refuseCutOff(rows: number, totalPeople: number | undefined): void {
  if (totalPeople !== undefined && rows < totalPeople) {
    throw new DirectoryError('source-malformed', 'The snapshot has fewer people than it announces.')
  }
}

/** Who is taken, and who is set aside and why. */
export function sortRows(
  rows: readonly SourceRow[],
): Pick<StagedBatch, 'people' | 'setAside' | 'refusedRoles'> {
  const people: Person[] = []
  const setAside: SetAside[] = []
  const refusedRoles: QuarantineReason[] = []
  for (const row of rows) {
    const reason = row.kind === 'person' ? checkPerson(row.person) : row.reason
    if (row.kind === 'person' && reason === undefined) {
      people.push(row.person)
      refusedRoles.push(...row.refusedRoles)
      continue
    }
    const personId = row.kind === 'person' ? row.person.personId : row.personId
    if (reason !== undefined) setAside.push(personId === undefined ? { reason } : { reason, personId })
  }
  return { people, setAside, refusedRoles }
}
