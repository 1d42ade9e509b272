// Who answers to one reading of a question, and how well. Source of the kinds and their order: domain facts, see
// `matchKinds`: exact last and first name > exact last and beginning of the first > beginning of the last > one
// slip > sound.
// Not concerned with place and reachability as an order (rank.ts); a typed place or profession is a condition here.

import { MIN_EDIT_LETTERS, MIN_SHORT_EDIT_LETTERS } from '../names/edit-distance.ts'
import type { CandidateSet, Detail } from './candidates.ts'
import { First, gradeFirstNames } from './first-names.ts'
import type { Reading } from './interpret.ts'
import type { PeopleIndex } from './people-index.ts'
import type { MatchKind } from './query.ts'
import { createRoleFilter, hasCondition, Meets, type RoleCondition, type RoleFilter } from './role-filter.ts'
import { isShortSound, MIN_SOUND_LETTERS, soundsLike } from './sounds.ts'

const MIN_PREFIX_LETTERS = 2
const MIN_LATER_LETTERS = 3

interface Matcher {
  readonly index: PeopleIndex
  readonly accepts: RoleFilter
  /** by first key; undefined: no first name was asked for */
  readonly firsts: Uint8Array | undefined
  /** a place, a profession or a house was typed, and wholly */
  readonly isNarrowed: boolean
  readonly add: (ordinal: number, kind: MatchKind, detail: Detail, met: Meets) => void
  /** for all of [from, to) at once; undefined where each must be looked at */
  readonly addRange: ((from: number, to: number, kind: MatchKind, detail: Detail) => void) | undefined
}

/** @param number of the reading, kept beside what it finds */
export function matchReading(index: PeopleIndex, reading: Reading, number: number, into: CandidateSet): void {
  const organisations = reading.house && index.organisations.findByWords(reading.house)
  if (organisations?.size === 0) return
  const condition = organisations === undefined ? reading : { ...reading, organisations }
  // Who is found through a place that was only begun ranks no higher than a beginning.
  const rankAs = (kind: MatchKind): MatchKind =>
    reading.tentative && (kind === 'exact' || kind === 'exact-last') ? 'last-prefix' : kind
  const matcher: Matcher = {
    index,
    accepts: createRoleFilter(index, condition),
    isNarrowed: hasCondition(condition) && !reading.tentative,
    firsts: reading.first === '' ? undefined : gradeFirstNames(index.first, reading.first),
    add: (ordinal, kind, detail, met) =>
      into.add(ordinal, rankAs(kind), met === Meets.Around, detail, number),
    addRange:
      hasCondition(condition) || reading.first !== ''
        ? undefined
        : (from, to, kind, detail) => into.addRange(from, to, index.findable, rankAs(kind), detail, number),
  }
  if (reading.last !== '') matchLastName(matcher, reading.last, reading.core)
  else if (reading.first !== '') matchFirstName(matcher, reading.first)
  else matchFilters(matcher, condition, reading.tentative)
}

function matchLastName(matcher: Matcher, last: string, core: string): void {
  const { keys: lastKeys, later, sounds, cores } = matcher.index.last
  const exact = lastKeys.find(last)
  if (exact >= 0) addKeys(matcher, exact, exact + 1, judgeExact)
  if (last.length >= MIN_PREFIX_LETTERS) {
    const [from, to] = lastKeys.prefixRange(last)
    addKeys(matcher, exact >= 0 ? from + 1 : from, to, judgePrefix(1))
  }
  if (last.length >= MIN_LATER_LETTERS) {
    const [from, to] = later.keys.prefixRange(last)
    const isWhole = later.keys.keys[from] === last
    if (isWhole) addEach(matcher, later.postings.of(from), judgePrefix(0))
    addEach(matcher, later.postings.ofRange(isWhole ? from + 1 : from, to), judgePrefix(2))
  }
  if (last.length >= MIN_EDIT_LETTERS) {
    addEach(matcher, lastKeys.findNear(last), matcher.isNarrowed ? judgeNearThere : judgeNear)
  } else if (last.length >= MIN_SHORT_EDIT_LETTERS && matcher.firsts !== undefined) {
    addEach(matcher, lastKeys.findNear(last), matcher.isNarrowed ? judgeNearShortThere : judgeNearShort)
  }
  // Another particle than the register has, or one too many.
  const sameCore = core === '' ? cores.keys.find(last) : cores.keys.find(core)
  if (sameCore >= 0) addEach(matcher, cores.postings.of(sameCore), judgeCore)
  if (last.length >= MIN_SOUND_LETTERS) {
    const isShort = isShortSound(last)
    if (!isShort || matcher.firsts !== undefined)
      addEach(matcher, soundsLike(sounds, last), isShort ? judgeShortSound : judgeSound)
  }
}

/** The kind and detail for a person whose last name answers in one way and whose first name answers in `first`. */
type Verdict = (first: number) => readonly [MatchKind, Detail] | undefined

const judgeExact: Verdict = (first) => {
  if (first === First.Exact) return ['exact', 0]
  if (first === First.Any) return ['exact-last', 0]
  if (first === First.BeginsWord) return ['exact-last', 0]
  if (first === First.Begins) return ['exact-last', 1]
  if (first === First.Near) return ['near', 0]
  if (first === First.NearShort) return ['near', 2]
  return first === First.Sound ? ['sound', 0] : undefined
}

const judgePrefix =
  (detail: Detail): Verdict =>
  (first) => {
    if (first >= First.Begins) return ['last-prefix', detail]
    if (first === First.Near) return ['near', 1]
    return first === First.Sound ? ['sound', 1] : undefined
  }

const judgeNear: Verdict = (first) => {
  if (first === First.Exact || first === First.Any) return ['near', 0]
  if (first >= First.Near) return ['near', 1]
  return first === First.Sound ? ['sound', 1] : undefined
}

/** Few letters are told apart by one slip only beside a first name without any. */
const judgeNearShort: Verdict = (first) =>
  first === First.Exact || first === First.BeginsWord ? ['near', 2] : undefined

/** In a place or a profession that was typed there are few enough people to forgive a slip in either name. */
const judgeNearThere: Verdict = (first) => (first === First.NearShort ? ['near', 2] : judgeNear(first))

const judgeNearShortThere: Verdict = (first) =>
  first === First.Near || first === First.NearShort ? ['near', 3] : judgeNearShort(first)

const judgeShortSound: Verdict = (first) => (first === First.Exact ? ['sound', 1] : undefined)

const judgeCore: Verdict = (first) => {
  if (first >= First.Begins) return ['near', first >= First.BeginsWord ? 0 : 1]
  return first >= First.Sound ? ['sound', 1] : undefined
}

const judgeSound: Verdict = (first) =>
  first >= First.Near ? ['sound', 0] : first === First.Sound ? ['sound', 1] : undefined

/** Last keys [from, to) are ordinals in a row. */
function addKeys(matcher: Matcher, from: number, to: number, verdict: Verdict): void {
  const { start } = matcher.index.last
  const end = start[to] ?? 0
  if (matcher.addRange !== undefined) {
    const found = verdict(First.Any)
    if (found !== undefined) matcher.addRange(start[from] ?? 0, end, ...found)
    return
  }
  for (let ordinal = start[from] ?? 0; ordinal < end; ordinal++) addIf(matcher, ordinal, verdict)
}

/** Last keys one by one. */
function addEach(matcher: Matcher, keys: Iterable<number>, verdict: Verdict): void {
  for (const key of keys) addKeys(matcher, key, key + 1, verdict)
}

function addIf(matcher: Matcher, ordinal: number, verdict: Verdict): void {
  const { index, firsts } = matcher
  if (index.findable[ordinal] !== 1) return
  const first = firsts === undefined ? First.Any : (firsts[index.first.keyOf[ordinal] ?? 0] ?? First.None)
  if (first === First.None) return
  const found = verdict(first)
  if (found === undefined) return
  const met = matcher.accepts(ordinal)
  if (met !== Meets.Not) matcher.add(ordinal, found[0], found[1], met)
}

/** Only a first name was asked for. Slips are left to questions that have a last name too. */
function matchFirstName(matcher: Matcher, first: string): void {
  if (first.length < MIN_PREFIX_LETTERS) return
  const { index, firsts } = matcher
  firsts?.forEach((grade, key) => {
    if (grade < First.Begins) return
    const detail = grade === First.Exact ? 0 : grade === First.BeginsWord ? 1 : 2
    for (const ordinal of index.first.people.of(key)) {
      if (index.findable[ordinal] !== 1) continue
      const met = matcher.accepts(ordinal)
      if (met !== Meets.Not) matcher.add(ordinal, 'first-name', detail, met)
    }
  })
}

/** No name at all: everybody of that house, that place, that profession, or all of it. */
function matchFilters(matcher: Matcher, condition: RoleCondition, isTentative: boolean): void {
  const { index } = matcher
  const kind = condition.organisations === undefined ? 'place' : 'organisation'
  const consider = (ordinal: number): void => {
    if (index.findable[ordinal] !== 1) return
    const met = matcher.accepts(ordinal)
    if (met !== Meets.Not) matcher.add(ordinal, kind, isTentative ? 1 : 0, met)
  }
  const { nsis, around, organisations } = condition
  const { roles } = index
  if (organisations !== undefined) {
    for (const one of organisations) for (const ordinal of roles.organisationPeople.of(one)) consider(ordinal)
  } else if (nsis === undefined) {
    for (let ordinal = 0; ordinal < index.count; ordinal++) consider(ordinal)
  } else {
    roles.nsis.forEach((nsi, at) => {
      if (!nsis.has(nsi) && !around?.has(nsi)) return
      for (const ordinal of roles.placePeople.of(at + 1)) consider(ordinal)
    })
  }
}
