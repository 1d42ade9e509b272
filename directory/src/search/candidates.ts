// The people found so far, each with the best way they were found. Reused from question to question, for it is as
// large as the directory.
// Not concerned with how they are found (match-names.ts) nor with the order of a page (rank.ts).

import type { MatchKind } from './query.ts'
import { matchKinds } from './query.ts'

/** How well within one kind: 0 the best. */
export type Detail = 0 | 1 | 2 | 3
export const DETAILS = 4
const NOT_FOUND = 255
/** From here on one sweep over everybody is faster than sorting those who were found. */
const SORT_BELOW = 4_096

export interface Found {
  /** ordinals, ascending */
  readonly ordinals: Uint32Array
  /** beside them: `gradeOf` of the best match, the smaller the better */
  readonly grades: Uint8Array
  /** beside them: which reading found it best */
  readonly readings: Uint8Array
}

export interface CandidateSet {
  /** @param isWider found around the place that was typed, not in it */
  add(ordinal: number, kind: MatchKind, isWider: boolean, detail: Detail, reading: number): void
  /** The same for every ordinal of [from, to) that is `among` those who may be found: for many at once. */
  addRange(
    from: number,
    to: number,
    among: Uint8Array,
    kind: MatchKind,
    detail: Detail,
    reading: number,
  ): void
  readonly size: number
  /** Hands out what was found and is empty again. */
  take(): Found
}

const GRADES_OF_KIND = 2 * DETAILS
export const GRADES: number = matchKinds.length * GRADES_OF_KIND
const kindNumbers: ReadonlyMap<MatchKind, number> = new Map(matchKinds.map((kind, number) => [kind, number]))

function gradeOf(kind: MatchKind, isWider: boolean, detail: Detail): number {
  return (kindNumbers.get(kind) ?? 0) * GRADES_OF_KIND + (isWider ? DETAILS : 0) + detail
}

export function kindOfGrade(grade: number): MatchKind {
  return matchKinds[Math.floor(grade / GRADES_OF_KIND)] ?? 'place'
}

export function createCandidateSet(peopleCount: number): CandidateSet {
  const best = new Uint8Array(peopleCount).fill(NOT_FOUND)
  const by = new Uint8Array(peopleCount)
  const touched = new Uint32Array(peopleCount)
  let size = 0
  return {
    get size() {
      return size
    },
    add(ordinal, kind, isWider, detail, reading) {
      const grade = gradeOf(kind, isWider, detail)
      const known = best[ordinal] ?? NOT_FOUND
      if (grade >= known) return
      if (known === NOT_FOUND) touched[size++] = ordinal
      best[ordinal] = grade
      by[ordinal] = reading
    },
    addRange(from, to, among, kind, detail, reading) {
      const grade = gradeOf(kind, false, detail)
      for (let ordinal = from; ordinal < to; ordinal++) {
        const known = best[ordinal] ?? NOT_FOUND
        if (among[ordinal] !== 1 || grade >= known) continue
        if (known === NOT_FOUND) touched[size++] = ordinal
        best[ordinal] = grade
        by[ordinal] = reading
      }
    },
    take() {
      const ordinals = size < SORT_BELOW ? touched.slice(0, size).sort() : sweep(best, size)
      const found = {
        ordinals,
        grades: pickOut(best, ordinals),
        readings: pickOut(by, ordinals),
      }
      for (const ordinal of ordinals) best[ordinal] = NOT_FOUND
      size = 0
      return found
    },
  }
}

/** The ordinals that were found, ascending without sorting. */
function sweep(best: Uint8Array, size: number): Uint32Array {
  const ordinals = new Uint32Array(size)
  let next = 0
  for (let ordinal = 0; next < size; ordinal++) if (best[ordinal] !== NOT_FOUND) ordinals[next++] = ordinal
  return ordinals
}

function pickOut(from: Uint8Array, ordinals: Uint32Array): Uint8Array {
  const picked = new Uint8Array(ordinals.length)
  for (let at = 0; at < ordinals.length; at++) picked[at] = from[ordinals[at] ?? 0] ?? 0
  return picked
}
