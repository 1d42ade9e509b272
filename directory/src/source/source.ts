// What a national register gives, whatever it speaks: the whole of it in batches, word of what changed, and one
// person afresh. A second register is a second implementation of this.
// Source: CoBRHA (snapshot, notifications, consultation) and the Annuaire Santé (open file, FHIR delta).
// Not concerned with staging, validating, storing or swapping (sync/): a source keeps nothing between two calls.
//
// National numbers (SSIN) stay inside the connector: it is made with the look-up key and hands out `ssinHmac` only.
// All three ways throw DirectoryError: `source-unavailable`, `source-unauthorised`, `source-malformed`,
// `source-too-large`, `source-refused`.

import type { Person } from '../model.ts'

export type SourceName = 'cobrha' | 'annuaire-sante'

export const quarantineReasons = [
  /** not JSON, not the columns that were announced, longer than a row may be */
  'row-unreadable',
  /** no identifier of the register, or one that cannot be ours (1 to 40 of `A-Z a-z 0-9 _ -`) */
  'identifier-unusable',
  /** no last name, or one of more than 200 characters */
  'name-unusable',
  /** no role at all, or none that could be read */
  'role-missing',
  /** a profession that we have no code for */
  'profession-unknown',
  /** no postcode or no municipality */
  'place-unusable',
] as const

/** Why a row, or one role of it, was set aside. Never says who. */
export type QuarantineReason = (typeof quarantineReasons)[number]

export interface PersonRow {
  readonly kind: 'person'
  readonly person: Person
  /** one reason for each role that was left out; the person has at least one other role */
  readonly refusedRoles: readonly QuarantineReason[]
}

export interface QuarantinedRow {
  readonly kind: 'quarantined'
  readonly reason: QuarantineReason
  /** known if the identifier could be read: the person's former record, if there is one, may be kept */
  readonly personId?: string
}

export type SourceRow = PersonRow | QuarantinedRow

/**
 * Where in the feed of changes a reader is. Opaque: made by a source, kept by the caller (at most 200 characters),
 * given back to the same kind of source.
 */
export type FeedPosition = string

export interface SnapshotBatch {
  /** of the register; the same in all batches of one snapshot, at most 100 characters */
  readonly version: string
  /** as the register announces it; rows are fewer only if the snapshot was cut off */
  readonly totalPeople?: number
  /** 1 to about 1,000 rows; people come once each unless the register itself repeats them; none in an empty register */
  readonly rows: readonly SourceRow[]
  /** give this to `snapshot` as `after` to go on behind this batch; opaque, at most 200 characters */
  readonly cursor: string
  /** changes after the snapshot's version begin here: the same in all batches */
  readonly feedPosition: FeedPosition
  /** the last of this snapshot. A snapshot that ends without one is cut off, and throws */
  readonly isLast: boolean
}

export type ChangeBatch =
  | {
      readonly kind: 'changes'
      /** to be fetched again, each once in a batch; said twice in two batches does no harm */
      readonly personIds: readonly string[]
      /** keep it once all of these are fetched and stored */
      readonly position: FeedPosition
    }
  | {
      readonly kind: 'snapshot-needed'
      /** `gap`: a number of the sequence is missing; `too-old`: more than 30 days, or older than the feed keeps */
      readonly reason: 'gap' | 'too-old'
    }

export interface SourceOptions {
  readonly signal?: AbortSignal
}

export interface DirectorySource {
  readonly name: SourceName
  /**
   * The whole register. With `after`, the rest of the snapshot that this cursor is of.
   * @throws DirectoryError `source-snapshot-replaced` if that snapshot is no longer offered: begin anew
   */
  snapshot(options?: SourceOptions & { readonly after?: string }): AsyncIterable<SnapshotBatch>
  /** What changed since, up to now: it ends when there is nothing more, or after a `snapshot-needed`. */
  changes(since: FeedPosition, options?: SourceOptions): AsyncIterable<ChangeBatch>
  /** One person as the register has them now; undefined if it has them no more. */
  fetchPerson(personId: string, options?: SourceOptions): Promise<SourceRow | undefined>
}
