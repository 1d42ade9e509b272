// People and roles as sorted lists and typed arrays, so that a million roles stay small and the beginning of a name
// is one range. A person's position (`ordinal`) is their rank by last name, then first name.
// Not concerned with questions (match-names.ts) nor with rows (rows.ts).

import { DirectoryError } from '../errors.ts'
import { isRoleActive, type Person } from '../model.ts'
import {
  cacheKeys,
  type FirstNames,
  indexFirstNames,
  indexLastNames,
  type KeyOf,
  type LastNames,
} from './name-index.ts'
import { indexRoles, type RoleColumns } from './role-columns.ts'

export interface PeopleIndex {
  /** by ordinal */
  readonly people: readonly Person[]
  readonly ordinalOf: ReadonlyMap<string, number>
  /** 1: alive and with an active role. Others are found by an exact identifier only. */
  readonly findable: Uint8Array
  readonly last: LastNames
  readonly first: FirstNames
  readonly roles: RoleColumns
}

/** @throws DirectoryError `duplicate-person` */
export function indexPeople(unsorted: readonly Person[], nowMs: number): PeopleIndex {
  const keyOf = cacheKeys()
  const people = sortByName(unsorted, keyOf)
  const ordinalOf = new Map(people.map((person, ordinal) => [person.personId, ordinal]))
  if (ordinalOf.size !== people.length)
    throw new DirectoryError('duplicate-person', 'Two people have one id.')
  return {
    people,
    ordinalOf,
    findable: Uint8Array.from(people, (person) => (isFindable(person, nowMs) ? 1 : 0)),
    last: indexLastNames(people, keyOf),
    first: indexFirstNames(people, keyOf),
    roles: indexRoles(people, nowMs),
  }
}

const isFindable = (person: Person, nowMs: number): boolean =>
  !person.deceased && person.roles.some((role) => isRoleActive(role, nowMs))

function sortByName(unsorted: readonly Person[], keyOf: KeyOf): Person[] {
  return unsorted
    .map((person) => ({ person, last: keyOf(person.lastName), first: keyOf(person.firstName) }))
    .sort(
      (a, b) =>
        compare(a.last, b.last) || compare(a.first, b.first) || compare(a.person.personId, b.person.personId),
    )
    .map(({ person }) => person)
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
