// People and roles as sorted lists and typed arrays, so that a million roles stay small and a beginning of a name
// is one range. A person's position (`ordinal`) is their rank by last name, then first name.
// Not concerned with questions (match-names.ts) nor with rows (rows.ts).

import { DirectoryError } from '../errors.ts'
import { isRoleActive, type Person } from '../model.ts'
import { nameKey, nameWords } from '../names/fold.ts'
import { createKeyDictionary, type KeyDictionary } from '../names/key-dictionary.ts'
import { laterBeginnings } from '../names/particles.ts'
import { phoneticKey } from '../names/phonetic.ts'
import { createPostings, type Postings } from './postings.ts'

export interface PeopleIndex {
  /** by ordinal */
  readonly people: readonly Person[]
  readonly ordinalOf: ReadonlyMap<string, number>
  /** 1: alive and with an active role. Others are found by an exact identifier only. */
  readonly findable: Uint8Array
  readonly lastKeys: KeyDictionary
  /** people of last key k are the ordinals [lastStart[k], lastStart[k + 1]) */
  readonly lastStart: Uint32Array
  readonly laterKeys: KeyDictionary
  readonly laterPeople: Postings
  readonly firstKeys: KeyDictionary
  /** first key of each ordinal */
  readonly firstOf: Uint32Array
  readonly firstPeople: Postings
  /** words within a first name: `anne`, `sophie` of Anne-Sophie → first keys */
  readonly firstParts: KeyDictionary
  readonly firstPartKeys: Postings
  readonly lastSounds: KeyDictionary
  readonly lastSoundKeys: Postings
  readonly firstSounds: KeyDictionary
  readonly firstSoundKeys: Postings
  readonly roles: RoleColumns
}

/** Roles of ordinal o are the positions [start[o], start[o + 1]). Inactive ones have place and code 0. */
export interface RoleColumns {
  readonly start: Uint32Array
  readonly place: Uint16Array
  readonly code: Uint16Array
  /** NSI code → place number, from 1 */
  readonly placeNumberOf: ReadonlyMap<string, number>
  /** `PROFESSION cdHcparty` → code number, from 1 */
  readonly codeNumberOf: ReadonlyMap<string, number>
  /** findable people by place number */
  readonly placePeople: Postings
}

/** @throws DirectoryError `duplicate-person` */
export function indexPeople(unsorted: readonly Person[], nowMs: number): PeopleIndex {
  const lastKeyOf = cached(nameKey)
  const firstKeyOf = cached(nameKey)
  const people = sortByName(unsorted, lastKeyOf, firstKeyOf)
  const ordinalOf = new Map(people.map((person, ordinal) => [person.personId, ordinal]))
  if (ordinalOf.size !== people.length)
    throw new DirectoryError('duplicate-person', 'Two people have one id.')

  const lastKeys = createKeyDictionary(people.map(({ lastName }) => lastKeyOf(lastName)))
  const firstKeys = createKeyDictionary(people.map(({ firstName }) => firstKeyOf(firstName)))
  const firstPosition = new Map(firstKeys.keys.map((key, position) => [key, position]))
  const firstOf = Uint32Array.from(people, ({ firstName }) => firstPosition.get(firstKeyOf(firstName)) ?? 0)
  const later = group(people, ({ lastName }) => laterBeginnings(lastName))
  const distinctFirst = [...new Set(people.map(({ firstName }) => firstName))]
  const parts = group(distinctFirst, wordsWithin)
  const lastSounds = group(lastKeys.keys, (key) => [phoneticKey(key)])
  const firstSounds = group(firstKeys.keys, (key) => [phoneticKey(key)])
  const roles = indexRoles(people, nowMs)
  return {
    people,
    ordinalOf,
    findable: Uint8Array.from(people, (person) => (isFindable(person, nowMs) ? 1 : 0)),
    lastKeys,
    lastStart: startsOf(people, lastKeys, lastKeyOf),
    laterKeys: later.keys,
    laterPeople: later.postings,
    firstKeys,
    firstOf,
    firstPeople: createPostings(firstKeys.keys.length, (add) => {
      firstOf.forEach((first, ordinal) => add(first, ordinal))
    }),
    firstParts: parts.keys,
    firstPartKeys: parts.postings.mapTo(
      (position) => firstPosition.get(firstKeyOf(distinctFirst[position] ?? '')) ?? 0,
    ),
    lastSounds: lastSounds.keys,
    lastSoundKeys: lastSounds.postings,
    firstSounds: firstSounds.keys,
    firstSoundKeys: firstSounds.postings,
    roles,
  }
}

/** Every run of words but the whole: `Anne Sophie Marie` → `anne`, `annesophie`, `sophie`, `sophiemarie`, `marie`. */
function wordsWithin(name: string): string[] {
  const words = nameWords(name)
  return words.flatMap((_, start) =>
    words
      .slice(start)
      .map((_, length) => words.slice(start, start + length + 1).join(''))
      .slice(0, start === 0 ? -1 : undefined),
  )
}

const isFindable = (person: Person, nowMs: number): boolean =>
  !person.deceased && person.roles.some((role) => isRoleActive(role, nowMs))

function sortByName(
  unsorted: readonly Person[],
  lastKeyOf: (name: string) => string,
  firstKeyOf: (name: string) => string,
): Person[] {
  return unsorted
    .map((person) => ({ person, last: lastKeyOf(person.lastName), first: firstKeyOf(person.firstName) }))
    .sort(
      (a, b) =>
        compare(a.last, b.last) || compare(a.first, b.first) || compare(a.person.personId, b.person.personId),
    )
    .map(({ person }) => person)
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

function startsOf(
  people: readonly Person[],
  lastKeys: KeyDictionary,
  lastKeyOf: (name: string) => string,
): Uint32Array {
  const starts = new Uint32Array(lastKeys.keys.length + 1)
  let key = 0
  people.forEach(({ lastName }, ordinal) => {
    while (lastKeys.keys[key] !== lastKeyOf(lastName)) starts[++key] = ordinal
  })
  starts.fill(people.length, key + 1)
  return starts
}

/** Files each item's position under its keys. */
function group<T>(
  items: readonly T[],
  keysOf: (item: T) => string[],
): { keys: KeyDictionary; postings: Postings } {
  const keysOfItem = items.map(keysOf)
  const keys = createKeyDictionary(keysOfItem.flat())
  const positionOf = new Map(keys.keys.map((key, position) => [key, position]))
  const postings = createPostings(keys.keys.length, (add) => {
    keysOfItem.forEach((itemKeys, item) => {
      for (const key of itemKeys) add(positionOf.get(key) ?? 0, item)
    })
  })
  return { keys, postings }
}

function indexRoles(people: readonly Person[], nowMs: number): RoleColumns {
  const count = people.reduce((sum, { roles }) => sum + roles.length, 0)
  const start = new Uint32Array(people.length + 1)
  const place = new Uint16Array(count)
  const code = new Uint16Array(count)
  const placeNumberOf = new Map<string, number>()
  const codeNumberOf = new Map<string, number>()
  let next = 0
  people.forEach((person, ordinal) => {
    start[ordinal] = next
    for (const role of person.roles) {
      if (isRoleActive(role, nowMs)) {
        place[next] = numberOf(placeNumberOf, role.location.nsi)
        code[next] = numberOf(codeNumberOf, `${role.profession} ${role.cdHcparty}`)
      }
      next++
    }
  })
  start[people.length] = next
  const placePeople = createPostings(placeNumberOf.size + 1, (add) => {
    people.forEach((person, ordinal) => {
      if (person.deceased) return
      for (let role = start[ordinal] ?? 0; role < (start[ordinal + 1] ?? 0); role++)
        add(place[role] ?? 0, ordinal)
    })
  })
  return { start, place, code, placeNumberOf, codeNumberOf, placePeople }
}

function numberOf(numbers: Map<string, number>, name: string): number {
  const known = numbers.get(name) ?? numbers.size + 1
  numbers.set(name, known)
  return known
}

/** Names repeat: each spelling is folded once. */
function cached(compute: (name: string) => string): (name: string) => string {
  const known = new Map<string, string>()
  return (name) => {
    let key = known.get(name)
    if (key === undefined) {
      key = compute(name)
      known.set(name, key)
    }
    return key
  }
}
