// Houses by id, number or name, perhaps in one place, in the order of their names. The index numbers them and keeps no
// record of any: it is read from a role that is practised there.
// Not concerned with who works there.

import type { Organisation } from '../model.ts'
import { nameWords } from '../names/fold.ts'
import type { PeopleIndex } from './people-index.ts'
import type { OrganisationQuery, OrganisationResult, SearchOptions } from './query.ts'

/** To sort more would hold others up. */
const MAX_ANSWERS = 5_000

export function findOrganisations(
  index: PeopleIndex,
  query: OrganisationQuery,
  { limit, offset }: Pick<SearchOptions, 'limit' | 'offset'>,
): OrganisationResult {
  const numbers = inPlace(index, numbersOf(index, query), query.place)
  if (numbers.length > MAX_ANSWERS) return { organisations: [], total: numbers.length, areTooMany: true }
  const { nameOf } = index.organisations
  const sorted = numbers.toSorted((a, b) => compare(nameOf(a), nameOf(b)) || a - b)
  const organisations = sorted
    .slice(offset, offset + limit)
    .flatMap((number) => recordOf(index, number) ?? [])
  return { organisations, total: numbers.length }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Those that answer to everything that was asked. */
function numbersOf({ organisations }: PeopleIndex, query: OrganisationQuery): number[] {
  const { organisationId, identifier, name } = query
  const byId = organisationId === undefined ? undefined : organisations.findById(organisationId)
  const found = [
    ...(byId === undefined ? [] : [new Set(byId === 0 ? [] : [byId])]),
    ...(identifier === undefined ? [] : [new Set(organisations.findByIdentifier(identifier))]),
    ...(name === undefined ? [] : [organisations.findByWords(nameWords(name), Number.POSITIVE_INFINITY)]),
  ]
  const [first, ...others] = found
  return [...(first ?? [])].filter((number) => others.every((other) => other.has(number)))
}

function inPlace(index: PeopleIndex, numbers: number[], place: string | undefined): number[] {
  if (place === undefined) return numbers
  const nsis = index.places.find(place)?.nsis
  if (nsis === undefined) return []
  return numbers.filter((number) => {
    const role = roleAt(index, number)
    return nsis.has(index.roles.nsis[(index.roles.place[role] ?? 0) - 1] ?? '')
  })
}

/** The position of a role that is practised there: one that is active, if there is one. −1 for none. */
function roleAt({ roles }: PeopleIndex, number: number): number {
  let found = -1
  for (const ordinal of roles.organisationPeople.of(number)) {
    const end = roles.start[ordinal + 1] ?? 0
    for (let role = roles.start[ordinal] ?? 0; role < end; role++) {
      if (roles.organisation[role] !== number) continue
      if ((roles.place[role] ?? 0) > 0) return role
      found = role
    }
  }
  return found
}

function recordOf(index: PeopleIndex, number: number): Organisation | undefined {
  const { roles } = index
  for (const ordinal of roles.organisationPeople.of(number)) {
    const at = roles.organisation.subarray(roles.start[ordinal], roles.start[ordinal + 1]).indexOf(number)
    const organisation = index.personAt(ordinal).roles[at]?.organisation
    if (organisation !== undefined) return organisation
  }
  return undefined
}
