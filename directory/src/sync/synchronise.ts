// One synchronisation: follow what changed, or take a snapshot when there is no directory yet, when the feed has a gap,
// or when it was last read more than 30 days ago. A snapshot is staged beside what is current, judged, and swapped in
// at once; searches go on meanwhile. Running it twice does no harm, and a killed run is gone on with.
// Source: the register's own rule that notifications are triggers, not truth.
// Not concerned with when to run, nor with who reads the directory.

import type { DirectorySource } from '../source/source.ts'
import type { Comparison, DirectoryStore, DirectoryWriter, StagedSnapshot } from '../store/store.ts'
import { type Followed, followChanges } from './follow-changes.ts'
import type { SnapshotReason, SyncReport } from './report.ts'
import { type SnapshotProgress, STAGED_KEPT_MS, takeSnapshot } from './take-snapshot.ts'
import { judgeSnapshot } from './verdict.ts'

export type SyncProgress =
  | ({ readonly phase: 'staging' } & SnapshotProgress)
  | { readonly phase: 'comparing' | 'swapping' }
  | { readonly phase: 'following'; readonly fetched: number }

export interface SyncOptions {
  readonly source: DirectorySource
  readonly store: DirectoryStore
  /** takes in a snapshot or changes that would be refused; somebody has looked at the report */
  readonly force?: boolean
  /** a snapshot although changes could be followed */
  readonly snapshot?: boolean
  readonly signal?: AbortSignal
  readonly nowMs?: () => number
  readonly onProgress?: (progress: SyncProgress) => void
}

interface Run extends SyncOptions {
  readonly writer: DirectoryWriter
  readonly nowMs: () => number
  readonly startedAtMs: number
  readonly onProgress: (progress: SyncProgress) => void
}

const FEED_KEPT_MS = 30 * 24 * 3600_000
const READ_AT_ONCE = 1_000
const LATELY_MS = 7 * 24 * 3600_000

/**
 * @throws DirectoryError `sync-running`, `store-unavailable`, and a source's codes: what was current stays so, and what
 * was staged is gone on with next time
 */
export async function synchronise(options: SyncOptions): Promise<SyncReport> {
  const { nowMs = Date.now, onProgress = () => {} } = options
  const writer = await options.store.openWriter()
  try {
    const run = { ...options, nowMs, onProgress, writer, startedAtMs: nowMs() }
    const report = await runOnce(run)
    if (report.outcome !== 'unchanged') await writer.recordRun({ atMs: nowMs(), report: { ...report } })
    return report
  } finally {
    await writer.close()
  }
}

async function runOnce(run: Run): Promise<SyncReport> {
  const reason = await whySnapshot(run)
  if (reason !== undefined) return snapshotAndFollow(run, reason)
  const followed = await follow(run)
  const { stopped } = followed
  if (stopped === 'gap' || stopped === 'too-old') return snapshotAndFollow(run, stopped)
  return report(run, followed, { refusals: stopped === undefined ? [] : [stopped] })
}

async function whySnapshot(run: Run): Promise<SnapshotReason | undefined> {
  const { source, store, writer, snapshot, nowMs } = run
  const [current, feed] = [await store.current(), await writer.feedPosition()]
  if (current === undefined || current.source !== source.name || feed === undefined) return 'first'
  if (snapshot) return 'asked'
  const staged = await writer.staged()
  if (staged !== undefined && isRecentlyStaged(run, staged)) {
    if (!staged.isComplete || (await mayBeSwapped(run))) return 'resumed'
  }
  return nowMs() - feed.atMs > FEED_KEPT_MS ? 'too-old' : undefined
}

function isRecentlyStaged({ source, nowMs }: Run, staged: StagedSnapshot): boolean {
  return staged.source === source.name && nowMs() - staged.startedAtMs <= STAGED_KEPT_MS
}

async function mayBeSwapped({ writer, force = false }: Run): Promise<boolean> {
  return judgeSnapshot(await writer.compare(), force).length === 0
}

async function snapshotAndFollow(run: Run, reason: SnapshotReason): Promise<SyncReport> {
  const { writer, onProgress, nowMs, force = false, store } = run
  let resumed = await isFinishedStagingUsable(run)
  if (!resumed) {
    resumed = await takeSnapshot(run.source, writer, {
      nowMs,
      ...(run.signal === undefined ? {} : { signal: run.signal }),
      onProgress: (progress) => onProgress({ phase: 'staging', ...progress }),
    })
  }
  onProgress({ phase: 'comparing' })
  const comparison = await writer.compare()
  const staged = await writer.staged()
  const refusals = judgeSnapshot(comparison, force)
  const snapshot = { reason, version: staged?.sourceVersion ?? '', resumed }
  // What is refused stays staged, so that --force takes in what was looked at.
  if (refusals.length > 0) return report(run, comparison, { refusals, snapshot })
  onProgress({ phase: 'swapping' })
  if (isAsBefore(comparison) && (await store.current())?.source === run.source.name) {
    await writer.applyChanges([], staged?.feedPosition ?? '', nowMs())
    await writer.discardStaging()
  } else await writer.swap(nowMs())
  const followed = await follow(run)
  return report(run, join(comparison, followed), {
    refusals: followed.stopped === 'too-many-gone' ? ['too-many-gone'] : [],
    snapshot,
  })
}

/** A complete snapshot that an earlier run left, or was refused with: a fresh one that was asked for replaces it. */
async function isFinishedStagingUsable(run: Run): Promise<boolean> {
  const staged = await run.writer.staged()
  if (!staged?.isComplete || !isRecentlyStaged(run, staged)) return false
  return (!run.snapshot || run.force === true) && (await mayBeSwapped(run))
}

function isAsBefore({ added, changed, gone }: Comparison): boolean {
  return added + changed + gone === 0
}

async function follow(run: Run): Promise<Followed> {
  const { source, writer, store, force = false, nowMs, signal, onProgress } = run
  const feed = await writer.feedPosition()
  const current = await store.current()
  return followChanges(source, writer, {
    since: feed?.position ?? '',
    formerPeople: current?.people ?? 0,
    goneBefore: await countGoneLately(writer, nowMs()),
    countPresent: (personIds) => countPresent(store, personIds),
    isForced: force,
    nowMs,
    ...(signal === undefined ? {} : { signal }),
    onProgress: (fetched) => onProgress({ phase: 'following', fetched }),
  })
}

async function countPresent(store: DirectoryStore, personIds: readonly string[]): Promise<number> {
  let present = 0
  for (let start = 0; start < personIds.length; start += READ_AT_ONCE) {
    const found = await store.personsById(personIds.slice(start, start + READ_AT_ONCE))
    for (const { goneSinceMs } of found.values()) if (goneSinceMs === undefined) present += 1
  }
  return present
}

/** Through changes alone: a snapshot was judged as a whole, and what was forced somebody has looked at. */
async function countGoneLately(writer: DirectoryWriter, atMs: number): Promise<number> {
  let gone = 0
  for (const { atMs: ranAtMs, report } of await writer.recordedRuns()) {
    if (report.snapshot !== undefined || report.forced === true || atMs - ranAtMs > LATELY_MS) break
    gone += typeof report.gone === 'number' ? report.gone : 0
  }
  return gone
}

type Counted = Pick<
  SyncReport,
  'added' | 'changed' | 'gone' | 'unchanged' | 'keptFormer' | 'setAside' | 'refusedRoles'
> & { repeated?: number; fetched?: number }

function join(comparison: Comparison, followed: Followed): Counted {
  const { added, changed, gone, unchanged, keptFormer, repeated } = comparison
  return {
    added: added + followed.added,
    changed: changed + followed.changed,
    gone: gone + followed.gone,
    keptFormer: keptFormer + followed.keptFormer,
    unchanged,
    repeated,
    fetched: followed.fetched,
    setAside: addCounts(comparison.setAside, followed.setAside),
    refusedRoles: addCounts(comparison.refusedRoles, followed.refusedRoles),
  }
}

function addCounts(a: SyncReport['setAside'], b: SyncReport['setAside']): SyncReport['setAside'] {
  const sums = { ...a }
  for (const [reason, count] of Object.entries(b) as [keyof typeof b, number][])
    sums[reason] = (sums[reason] ?? 0) + count
  return sums
}

async function report(
  run: Run,
  counted: Counted,
  { refusals, snapshot }: Pick<SyncReport, 'refusals' | 'snapshot'>,
): Promise<SyncReport> {
  const { added, changed, gone, unchanged, keptFormer, setAside, refusedRoles } = counted
  const directory = await run.store.current()
  const isAny = added + changed + gone > 0
  return {
    source: run.source.name,
    outcome: refusals.length > 0 ? 'refused' : isAny ? 'taken-in' : 'unchanged',
    refusals,
    ...(snapshot === undefined ? {} : { snapshot }),
    forced: run.force ?? false,
    ...{ added, changed, gone, unchanged, keptFormer, setAside, refusedRoles },
    repeated: counted.repeated ?? 0,
    fetched: counted.fetched ?? 0,
    durationMs: run.nowMs() - run.startedAtMs,
    ...(directory === undefined ? {} : { directory }),
  }
}
