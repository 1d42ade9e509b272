// Whether what is staged may take the place of what is current. A register that suddenly lacks many people is more
// likely broken than right: such a snapshot waits for somebody who says that it is meant.
// Source: no more than 2 % of the people may vanish. The other two bounds are ours.
// Not concerned with counting.

import type { Comparison } from '../store/store.ts'

export type Refusal =
  /** nobody in it; cannot be forced */
  'nobody-in-it' | 'too-many-gone' | 'too-many-set-aside' | 'too-many-repeated'

const GONE_AT_MOST = 0.02
const SET_ASIDE_AT_MOST = 0.05
const REPEATED_AT_MOST = 0.05

/** Why the snapshot is not swapped in; empty if it may be. */
export function judgeSnapshot(comparison: Comparison, isForced: boolean): Refusal[] {
  const { people, formerPeople, gone, repeated } = comparison
  if (people === 0) return ['nobody-in-it']
  if (isForced) return []
  // Professions that we have no code for are no fault of the register.
  const { 'profession-unknown': _, ...unreadable } = comparison.setAside
  const setAside = Object.values(unreadable).reduce((sum, count) => sum + count, 0)
  const refusals: Refusal[] = []
  if (isTooManyGone(gone, formerPeople)) refusals.push('too-many-gone')
  if (setAside > SET_ASIDE_AT_MOST * (people + setAside)) refusals.push('too-many-set-aside')
  if (repeated > REPEATED_AT_MOST * people) refusals.push('too-many-repeated')
  return refusals
}

export function isTooManyGone(gone: number, formerPeople: number): boolean {
  return gone > GONE_AT_MOST * formerPeople
}
