// The order of what was found, and one page of it. First by kind of match; among equals the same place, then who is
// reachable here; then the finer grade, then the alphabet. Ordinals are alphabetical, so nothing is sorted: people
// are counted into buckets in the order they come. Reachability is asked only for buckets that the page touches.
// Not concerned with how people were found.

import { type Found, GRADES, kindOfGrade } from './candidates.ts'
import { type MatchKind, matchKinds } from './query.ts'

export interface Ranked {
  readonly ordinal: number
  readonly kind: MatchKind
  readonly reading: number
}

export interface RankOptions {
  readonly offset: number
  readonly limit: number
  readonly isSamePlace: (ordinal: number) => boolean
  readonly isReachable: (ordinal: number) => boolean
}

export function rankPage(found: Found, options: RankOptions): Ranked[] {
  const { offset, limit } = options
  const page: Ranked[] = []
  let before = 0
  for (const bucket of coarseBuckets(found, options.isSamePlace)) {
    if (before + bucket.length > offset && page.length < limit) {
      const ordered = orderFinely(found, bucket, options.isReachable)
      const from = Math.max(0, offset - before)
      for (const at of ordered.slice(from, from + limit - page.length)) page.push(describe(found, at))
    }
    before += bucket.length
  }
  return page
}

/** Positions in `found` by kind and same place: what all know without asking anybody. */
function coarseBuckets(found: Found, isSamePlace: (ordinal: number) => boolean): number[][] {
  const buckets: number[][] = Array.from({ length: matchKinds.length * 2 }, () => [])
  found.ordinals.forEach((ordinal, at) => {
    const kind = matchKinds.indexOf(kindOfGrade(found.grades[at] ?? 0))
    buckets[kind * 2 + (isSamePlace(ordinal) ? 0 : 1)]?.push(at)
  })
  return buckets
}

function orderFinely(found: Found, bucket: number[], isReachable: (ordinal: number) => boolean): number[] {
  const buckets: number[][] = Array.from({ length: GRADES * 2 }, () => [])
  for (const at of bucket) {
    const unreachable = isReachable(found.ordinals[at] ?? 0) ? 0 : GRADES
    buckets[unreachable + (found.grades[at] ?? 0)]?.push(at)
  }
  return buckets.flat()
}

const describe = (found: Found, at: number): Ranked => ({
  ordinal: found.ordinals[at] ?? 0,
  kind: kindOfGrade(found.grades[at] ?? 0),
  reading: found.readings[at] ?? 0,
})
