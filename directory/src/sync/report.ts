// What a synchronisation did, in counts and codes: for the operator, and kept with the directory. Names nobody.
// Not concerned with doing it.

import type { QuarantineReason, SourceName } from '../source/source.ts'
import type { DirectoryVersion } from '../store/store.ts'
import type { Refusal } from './verdict.ts'

export type SnapshotReason =
  /** there is no directory yet, or it came from another register */
  | 'first'
  | 'asked'
  /** an interrupted run left one half taken */
  | 'resumed'
  | 'gap'
  | 'too-old'

type Counts = Readonly<Partial<Record<QuarantineReason, number>>>

export interface SyncReport {
  readonly source: SourceName
  /** `unchanged`: everybody is as they were; `refused`: a snapshot not at all, of changes not what came last */
  readonly outcome: 'taken-in' | 'unchanged' | 'refused'
  readonly refusals: readonly Refusal[]
  /** absent when only changes were followed */
  readonly snapshot?: { readonly reason: SnapshotReason; readonly version: string; readonly resumed: boolean }
  readonly forced: boolean
  readonly added: number
  readonly changed: number
  readonly gone: number
  readonly unchanged: number
  /** could not be read: the former record stays */
  readonly keptFormer: number
  readonly repeated: number
  readonly setAside: Counts
  readonly refusedRoles: Counts
  /** people whom notifications named, each counted as often as it was fetched */
  readonly fetched: number
  readonly durationMs: number
  /** of the directory after it; absent while there is none */
  readonly directory?: DirectoryVersion
}

const SENTENCES: Readonly<Record<Refusal, string>> = {
  'nobody-in-it': 'the register has nobody in it',
  'too-many-gone': 'more than 2 % of the people would vanish',
  'too-many-set-aside': 'more than 5 % of the rows could not be read',
  'too-many-repeated': 'more than 5 % of the people are in it twice',
}

const OUTCOMES: Readonly<Record<SyncReport['outcome'], string>> = {
  'taken-in': 'Taken in.',
  unchanged: 'Nothing has changed.',
  refused: 'Refused: nothing more is taken in.',
}

/** For a terminal: a line or two, and a table of counts. */
export function describeReport(report: SyncReport): string {
  const { snapshot, directory } = report
  const how =
    snapshot === undefined
      ? `changes (${report.fetched} people fetched)`
      : `snapshot ${snapshot.version} (${snapshot.reason}${snapshot.resumed ? ', gone on with' : ''})`
  const lines = [
    `${OUTCOMES[report.outcome]} ${report.source}, ${how}, ${(report.durationMs / 1000).toFixed(1)} s${report.forced ? ', forced' : ''}`,
    ...report.refusals.map(
      (refusal) =>
        `  because ${SENTENCES[refusal]}${refusal === 'nobody-in-it' ? '' : '; --force takes it in nevertheless'}`,
    ),
    line('added', report.added),
    line('changed', report.changed),
    line('gone', report.gone),
    line('unchanged', report.unchanged),
    ...(report.keptFormer > 0 ? [line('former record kept', report.keptFormer)] : []),
    ...(report.repeated > 0 ? [line('said twice, united', report.repeated)] : []),
    ...describeCounts('set aside', report.setAside),
    ...describeCounts('role left out', report.refusedRoles),
  ]
  if (directory !== undefined) {
    const { generation, sequence, people, roles } = directory
    lines.push(`Directory: ${people} people, ${roles} roles, generation ${generation}, change ${sequence}`)
  }
  return lines.join('\n')
}

function describeCounts(what: string, counts: Counts): string[] {
  return Object.entries(counts).map(([reason, count]) => line(`${what}: ${reason}`, count))
}

function line(what: string, count: number): string {
  return `  ${what.padEnd(36)} ${String(count).padStart(9)}`
}
