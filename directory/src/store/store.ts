// Where a synchronised register is kept: what readers see, and what the one writer does. A generation is one whole
// snapshot; changes are applied inside it and numbered, so that a searcher takes in what changed without reading a
// million roles again. Every write is durable when it resolves, but that a power cut may take the last staged batches,
// cursor and all. `suite.ts` is what an implementation must pass.
// Not concerned with where people come from, nor with when a generation may replace another (sync/).

import type { Person } from '../model.ts'
import type { FeedPosition, QuarantineReason, SourceName } from '../source/source.ts'

export interface DirectoryVersion {
  /** from 1; another one with every snapshot that was swapped in */
  readonly generation: number
  /** changes applied inside the generation: from 0, one for each person that was changed */
  readonly sequence: number
  readonly source: SourceName
  /** of the snapshot, as the register names it */
  readonly sourceVersion: string
  /** whom the register has; those who are kept although gone are not counted */
  readonly people: number
  readonly roles: number
  readonly changedAtMs: number
}

/** The person as they are now, which may be later than this change: taking it in twice does no harm. */
export interface LoggedChange {
  readonly sequence: number
  readonly personId: string
  /** undefined: no record is left */
  readonly person: Person | undefined
}

export type ChangesSince =
  | { readonly kind: 'changes'; readonly changes: readonly LoggedChange[] }
  /** another generation came, or these changes are no longer logged */
  | { readonly kind: 'read-anew' }

/**
 * Any number of processes read while one writes. To follow: note `current()`, read that generation whole, then take in
 * `changesSince` what was noted, again and again.
 */
export interface DirectoryReader {
  /** undefined until a first snapshot was swapped in */
  current(): Promise<DirectoryVersion | undefined>
  /**
   * Everybody of a generation, those who are gone included, 1 to 1,000 at once, each once, in an order of the store's.
   * The current generation and the one before it can be read.
   * @throws DirectoryError `generation-gone`
   */
  readPeople(generation: number): AsyncIterable<readonly Person[]>
  /** In the order of their sequence, at most `limit` (1 to 10,000); none when the reader is up to date. */
  changesSince(
    version: Pick<DirectoryVersion, 'generation' | 'sequence'>,
    limit: number,
  ): Promise<ChangesSince>
  /** Those of the people that the current generation has; at most 1,000 ids. */
  personsById(personIds: readonly string[]): Promise<ReadonlyMap<string, Person>>
  /** See identifiers/ssin-lookup.ts; for sign-in only. */
  personIdBySsinHmac(ssinHmac: string): Promise<string | undefined>
  close(): Promise<void>
}

export interface DirectoryStore extends DirectoryReader {
  /** One writer at a time, in all processes; one whose process was killed is no hindrance. @throws DirectoryError `sync-running` */
  openWriter(): Promise<DirectoryWriter>
}

export interface StagedSnapshot {
  readonly source: SourceName
  readonly sourceVersion: string
  /** where changes after this snapshot begin */
  readonly feedPosition: FeedPosition
  readonly startedAtMs: number
  /** of the last batch; undefined before the first */
  readonly cursor: string | undefined
  /** the last batch is there */
  readonly isComplete: boolean
  /** people of the register that are staged, each counted once */
  readonly people: number
  readonly roles: number
  /** rows, read and set aside */
  readonly rows: number
}

export interface SetAside {
  readonly reason: QuarantineReason
  /** if it is known, a former record of this person is kept */
  readonly personId?: string
}

export interface StagedBatch {
  readonly people: readonly Person[]
  readonly setAside: readonly SetAside[]
  /** one reason for each role that was left out of a person of this batch */
  readonly refusedRoles: readonly QuarantineReason[]
  readonly cursor: string
  readonly isLast: boolean
}

/** What is staged against what is current. */
export interface Comparison {
  readonly people: number
  readonly roles: number
  readonly formerPeople: number
  readonly added: number
  readonly changed: number
  readonly unchanged: number
  /** in the current generation, not staged, and not set aside */
  readonly gone: number
  /** set aside with a former record, which stays */
  readonly keptFormer: number
  /** people that the register said more than once: their roles are united */
  readonly repeated: number
  readonly setAside: Readonly<Partial<Record<QuarantineReason, number>>>
  readonly refusedRoles: Readonly<Partial<Record<QuarantineReason, number>>>
}

export interface PersonChange {
  readonly personId: string
  /** undefined: the register has them no more */
  readonly person: Person | undefined
}

export interface Applied {
  readonly version: DirectoryVersion
  readonly added: number
  readonly changed: number
  readonly unchanged: number
  readonly gone: number
}

/** What the last synchronisations did, newest first: for the operator. Holds counts and codes, nobody's identifier. */
export interface RecordedRun {
  readonly atMs: number
  readonly report: Readonly<Record<string, unknown>>
}

export interface DirectoryWriter {
  /** What an interrupted run left. */
  staged(): Promise<StagedSnapshot | undefined>
  /** Discards what was staged. */
  beginStaging(
    snapshot: Pick<StagedSnapshot, 'source' | 'sourceVersion' | 'feedPosition' | 'startedAtMs'>,
  ): Promise<void>
  /** All of the batch and its cursor, or nothing. Somebody who was staged before gets these roles as well. */
  stage(batch: StagedBatch): Promise<void>
  discardStaging(): Promise<void>
  /** @throws DirectoryError `nothing-staged` */
  compare(): Promise<Comparison>
  /**
   * Makes what is staged the current generation, at once for all readers, and its feed position the feed's. Who is
   * gone stays, without licence and marked with `nowMs`, for `GONE_KEPT_MS`; who was set aside keeps the former record.
   * @throws DirectoryError `nothing-staged`, also when the last batch is missing
   */
  swap(nowMs: number): Promise<DirectoryVersion>
  /** In the current generation, all or nothing, the feed position with it. @throws DirectoryError `no-generation` */
  applyChanges(changes: readonly PersonChange[], feedPosition: FeedPosition, nowMs: number): Promise<Applied>
  /** Where the feed of the current generation's source was read to, and when that was last written. */
  feedPosition(): Promise<{ position: FeedPosition; atMs: number } | undefined>
  /** The last fifty are kept. */
  recordRun(run: RecordedRun): Promise<void>
  recordedRuns(): Promise<readonly RecordedRun[]>
  close(): Promise<void>
}

/** One year. */
export const GONE_KEPT_MS = 365 * 24 * 3600_000
