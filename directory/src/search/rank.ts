// The order of what was found, and one page of it. First by kind of match and whether it is in the very place that was
// typed; among equals the searcher's own place, then who is reachable here; then the finer grade, then the alphabet.
// Ordinals are alphabetical, so nothing is sorted: people are counted by rank, and only the ranks that the page touches
// are picked out.
// Not concerned with how people were found.

import { DETAILS, type Found, GRADES, kindOfGrade } from './candidates.ts'
import type { MatchKind } from './query.ts'

export interface Ranked {
  readonly ordinal: number
  readonly kind: MatchKind
  readonly reading: number
}

export interface RankOptions {
  readonly offset: number
  readonly limit: number
  /** by ordinal: 1 for who is in the searcher's own place, and for who is reachable; absent: nobody is */
  readonly near?: Uint8Array | undefined
  readonly reachable?: Uint8Array | undefined
}

/** Between a coarse grade and its details stand same place and reachability, two ways each. */
const RANKS = GRADES * 4

export function rankPage(found: Found, options: RankOptions): Ranked[] {
  const ranks = rankEach(found, options)
  const counts = new Uint32Array(RANKS)
  for (const rank of ranks) counts[rank] = (counts[rank] ?? 0) + 1
  const page: Ranked[] = []
  let before = 0
  for (let rank = 0; rank < RANKS && page.length < options.limit; rank++) {
    const count = counts[rank] ?? 0
    const skip = Math.max(0, options.offset - before)
    if (count > skip) pickOut(found, ranks, rank, skip, options.limit, page)
    before += count
  }
  return page
}

function rankEach(found: Found, { near, reachable }: RankOptions): Uint16Array {
  const { ordinals, grades } = found
  const ranks = new Uint16Array(ordinals.length)
  for (let at = 0; at < ordinals.length; at++) {
    const ordinal = ordinals[at] ?? 0
    const grade = grades[at] ?? 0
    const detail = grade % DETAILS
    const place = near?.[ordinal] === 1 ? 0 : 2
    const reach = reachable?.[ordinal] === 1 ? 0 : 1
    ranks[at] = (grade - detail) * 4 + (place + reach) * DETAILS + detail
  }
  return ranks
}

/** Adds those of one rank to the page until it is full, but for the first `skip`. */
function pickOut(
  found: Found,
  ranks: Uint16Array,
  wanted: number,
  skip: number,
  limit: number,
  page: Ranked[],
): void {
  let passed = 0
  for (let at = ranks.indexOf(wanted); at >= 0 && page.length < limit; at = ranks.indexOf(wanted, at + 1)) {
    if (passed++ < skip) continue
    page.push({
      ordinal: found.ordinals[at] ?? 0,
      kind: kindOfGrade(found.grades[at] ?? 0),
      reading: found.readings[at] ?? 0,
    })
  }
}
