/**
 * Purpose: one page of practitioners, roles or endpoints: batches of people are asked for until enough of them, or of
 * their roles, meet every criterion. Not concerned with what comes with a page (`answer.ts`).
 */
import type { Person, Role } from '../model.ts'
import { MAX_OFFSET } from '../search/directory-index.ts'
import { fromFhirId, idIn, personIdOfRole, toRoleFhirId } from './ids.ts'
import { type FhirRefusal, refuse } from './outcome.ts'
import { type PeopleQuestion, tokenOf, toPeopleQuestion } from './people-question.ts'
import { type FhirSearch, type PagePosition, refuseSsin } from './read-search.ts'
import type { BatchOfPeople, FhirSource } from './source.ts'

/** A person, and the role that was looked for where a role was. */
export interface Match {
  person: Person
  role?: Role
}

type PageOfMatches =
  | { matches: Match[]; next: PagePosition | undefined; isCutOff?: boolean }
  | { refusal: FhirRefusal }

const PEOPLE_AT_ONCE = 50
/** A page that a filter leaves short ends here, and `link[next]` goes on. */
const BATCHES_A_PAGE = 6

export async function findPeople(
  search: FhirSearch,
  source: FhirSource,
  nowMs: number,
): Promise<PageOfMatches> {
  const { criteria } = search
  if (areExclusive(criteria))
    return refuse(400, 'not-supported', '_text goes with active and endpoint.status alone.')
  const house = await houseOf(criteria.organization, source)
  if (house === null) return { matches: [], next: undefined }
  const question = toPeopleQuestion(criteria, nowMs, house)
  const byId = idOfPerson(search)
  const ask = byId === undefined ? asking(question, source) : only(byId, source)
  if (ask === undefined) {
    return refuse(400, 'too-costly', 'Say a name, a number, a place, a profession or an organisation.')
  }
  const matching = async (people: readonly Person[]) => {
    const kept = question.onlyReachable ? await keepReachable(people, source) : people
    return kept.flatMap((person) => matchesOf(search, question, person))
  }
  return collect(search, ask, matching)
}

function areExclusive({
  text,
  isPractising: _,
  isRoleActive: __,
  isReachable: ___,
  ...others
}: FhirSearch['criteria']): boolean {
  return text !== undefined && Object.keys(others).length > 0
}

/** Its name; null if there is no such house. */
async function houseOf(
  reference: string | undefined,
  source: FhirSource,
): Promise<string | null | undefined> {
  if (reference === undefined) return undefined
  const id = fromFhirId(idIn(reference, 'Organization'))
  const house = id === undefined ? undefined : await source.organisation(id)
  return house?.name ?? null
}

/** Undefined: people are searched for. Empty: there can be nobody. */
function idOfPerson({ type, criteria }: FhirSearch): string | undefined {
  const { id, practitioner } = criteria
  if (practitioner !== undefined) return fromFhirId(idIn(practitioner, 'Practitioner')) ?? ''
  if (id === undefined) return undefined
  const { code } = tokenOf(id)
  return (type === 'PractitionerRole' ? personIdOfRole(code) : fromFhirId(code)) ?? ''
}

type Ask = (offset: number) => Promise<BatchOfPeople>

function asking({ query, onlyReachable }: PeopleQuestion, source: FhirSource): Ask | undefined {
  if (query === undefined) return undefined
  return (offset) => source.search(query, { limit: PEOPLE_AT_ONCE, offset, onlyReachable })
}

function only(personId: string, source: FhirSource): Ask {
  return async (offset) => {
    const person = offset === 0 ? await source.person(personId) : undefined
    return { people: person === undefined ? [] : [person], total: 1 }
  }
}

function matchesOf(
  { type, criteria }: FhirSearch,
  { isPerson, isRole }: PeopleQuestion,
  person: Person,
): Match[] {
  if (!isPerson(person)) return []
  const roles = person.roles.filter((role) => isRole(person, role))
  if (type !== 'PractitionerRole') return roles.length === 0 && person.roles.length > 0 ? [] : [{ person }]
  const id = criteria.id === undefined ? undefined : tokenOf(criteria.id).code
  return roles
    .filter(({ roleId }) => id === undefined || toRoleFhirId(person.personId, roleId) === id)
    .map((role) => ({ person, role }))
}

/** The index marks them and may be a moment late: whether somebody can be written to is asked again. */
async function keepReachable(people: readonly Person[], source: FhirSource): Promise<readonly Person[]> {
  const accounts = await source.accounts(people)
  return people.filter(({ personId }) => accounts.has(personId))
}

async function collect(
  { count, page }: FhirSearch,
  ask: Ask,
  matching: (people: readonly Person[]) => Promise<Match[]>,
): Promise<PageOfMatches> {
  const matches: Match[] = []
  let { offset, skip } = page
  for (let batch = 0; batch < BATCHES_A_PAGE; batch++) {
    const { people, total, refusal } = await ask(offset)
    if (refusal === 'ssin-not-searched') return refuseSsin()
    const found = (await matching(people)).slice(skip)
    const missing = count - matches.length
    matches.push(...found.slice(0, missing))
    if (found.length > missing) return { matches, next: { offset, skip: skip + missing } }
    offset += PEOPLE_AT_ONCE
    skip = 0
    if (offset >= total) return { matches, next: undefined }
    if (offset > MAX_OFFSET) return { matches, next: undefined, isCutOff: true }
    if (matches.length === count) break
  }
  return { matches, next: { offset, skip } }
}
