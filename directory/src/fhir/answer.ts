/**
 * Purpose: what the FHIR face answers to a search and to a read: resources, a Bundle, or a refusal.
 * Not concerned with HTTP, nor with who may ask.
 */
import type { Person } from '../model.ts'
import { MAX_OFFSET } from '../search/directory-index.ts'
import type { LocationQuery } from '../search/find-locations.ts'
import type { OrganisationQuery } from '../search/query.ts'
import { type Bundle, type Found, toBundle } from './bundle.ts'
import { findPeople, type Match } from './find-people.ts'
import { findRole, fromFhirId, personIdOfRole, readLocationId } from './ids.ts'
import { type FhirRefusal, refuse } from './outcome.ts'
import { hasNumber, tokenOf } from './people-question.ts'
import type { FhirSearch } from './read-search.ts'
import type { Resource, ResourceType } from './resources.ts'
import type { Include } from './search-parameters.ts'
import type { FhirSource } from './source.ts'
import { toEndpoint, toLocation, toOrganization, toPractitioner, toPractitionerRole } from './to-fhir.ts'

export interface FhirFace {
  search(search: FhirSearch): Promise<{ bundle: Bundle } | { refusal: FhirRefusal }>
  /** Undefined if there is none, or none that the one who asks may see. */
  read(type: ResourceType, id: string): Promise<Resource | undefined>
}

interface Settings {
  source: FhirSource
  /** `https://relay.example/fhir` */
  baseUrl: string
  nowMs: () => number
}

export function createFhirFace({ source, baseUrl, nowMs }: Settings): FhirFace {
  return {
    async search(search) {
      const found = await find(search, source, nowMs())
      return 'refusal' in found ? found : { bundle: toBundle(search, found, baseUrl, nowMs()) }
    },
    read: (type, id) => read(type, id, source, nowMs()),
  }
}

type Finding = Found | { refusal: FhirRefusal }

const NONE: Found = { matches: [], included: [], next: undefined }

async function find(search: FhirSearch, source: FhirSource, nowMs: number): Promise<Finding> {
  if (search.type === 'Organization') return findHouses(search, source)
  if (search.type === 'Location') return findPlaces(search, source)
  if (search.type === 'Endpoint') return findEndpoints(search, source, nowMs)
  const page = await findPeople(search, source, nowMs)
  if ('refusal' in page) return page
  const people = page.matches.map(({ person }) => person)
  if (search.type === 'Practitioner') {
    return { ...page, matches: people.map((person) => toPractitioner(person, nowMs)), included: [] }
  }
  const accounts = await source.accounts(people)
  const roles = page.matches.flatMap(({ person, role }) =>
    role === undefined
      ? []
      : [toPractitionerRole(person, role, { nowMs, accountId: accounts.get(person.personId) })],
  )
  return { ...page, matches: roles, included: included(page.matches, search.include, accounts, nowMs) }
}

/** Each once, however many roles name it. */
function included(
  matches: Match[],
  wanted: ReadonlySet<Include>,
  accounts: ReadonlyMap<string, string>,
  nowMs: number,
): Resource[] {
  const all = new Map<string, Resource>()
  const add = (resource: Resource) => all.set(`${resource.resourceType}/${resource.id}`, resource)
  for (const { person, role } of matches) {
    const accountId = accounts.get(person.personId)
    if (wanted.has('practitioner')) add(toPractitioner(person, nowMs))
    if (wanted.has('organization') && role?.organisation) add(toOrganization(role.organisation))
    if (wanted.has('location') && role) add(toLocation(role.location))
    if (wanted.has('endpoint') && accountId !== undefined) add(toEndpoint(person, accountId))
  }
  return [...all.values()]
}

async function findHouses({ criteria, count, page }: FhirSearch, source: FhirSource): Promise<Finding> {
  const { id, organizationIdentifier: number, organizationName: name, city, postalCode } = criteria
  if (id === undefined && number === undefined && name === undefined) {
    return refuse(400, 'too-costly', 'Say a name, a number or an id of an organisation.')
  }
  const organisationId = id === undefined ? undefined : fromFhirId(id)
  if (id !== undefined && organisationId === undefined) return NONE
  const place = postalCode ?? city
  const query: OrganisationQuery = {
    ...(organisationId === undefined ? {} : { organisationId }),
    ...(number === undefined ? {} : { identifier: tokenOf(number).code.replaceAll(/[\s.-]/g, '') }),
    ...(name === undefined ? {} : { name }),
    ...(place === undefined ? {} : { place }),
  }
  const { organisations, total, areTooMany } = await source.organisations(query, {
    limit: count,
    offset: page.offset,
  })
  if (areTooMany)
    return refuse(400, 'too-costly', 'Too many organisations answer to that name: say a place too.')
  const meant = organisations.filter(
    (one) =>
      (number === undefined || hasNumber(one, number)) &&
      (postalCode === undefined || one.location.postcode === postalCode),
  )
  const offset = page.offset + count
  const isCutOff = offset < total && offset > MAX_OFFSET
  const isLast = offset >= total || isCutOff
  return {
    matches: meant.map(toOrganization),
    included: [],
    next: isLast ? undefined : { offset, skip: 0 },
    isCutOff,
  }
}

async function findPlaces({ criteria, count, page }: FhirSearch, source: FhirSource): Promise<Finding> {
  const { id, city, postalCode } = criteria
  if (id !== undefined) {
    const one = await placeOf(id, source)
    return one === undefined ? NONE : { ...NONE, matches: [one] }
  }
  if (city === undefined && postalCode === undefined) {
    return refuse(400, 'too-costly', 'Say the name or the postcode of a municipality.')
  }
  const query: LocationQuery = {
    ...(city === undefined ? {} : { place: city }),
    ...(postalCode === undefined ? {} : { postcode: postalCode }),
  }
  const all = await source.locations(query)
  const offset = page.offset + count
  const matches = all.slice(page.offset, offset).map(toLocation)
  return { matches, included: [], next: offset >= all.length ? undefined : { offset, skip: 0 } }
}

async function findEndpoints(search: FhirSearch, source: FhirSource, nowMs: number): Promise<Finding> {
  const { id, status, ...criteria } = search.criteria
  if (status !== undefined && tokenOf(status).code !== 'active') return NONE
  if (id !== undefined) {
    const person = await source.personOfAccount(id)
    return person === undefined ? NONE : { ...NONE, matches: [toEndpoint(person, id)] }
  }
  const page = await findPeople(
    { ...search, criteria: { ...criteria, isReachable: 'active' } },
    source,
    nowMs,
  )
  if ('refusal' in page) return page
  const people = page.matches.map(({ person }) => person)
  const accounts = await source.accounts(people)
  const matches = people.flatMap((person) => {
    const accountId = accounts.get(person.personId)
    return accountId === undefined ? [] : [toEndpoint(person, accountId)]
  })
  return { ...page, matches, included: [] }
}

async function read(
  type: ResourceType,
  id: string,
  source: FhirSource,
  nowMs: number,
): Promise<Resource | undefined> {
  if (type === 'Location') return placeOf(id, source)
  if (type === 'Endpoint') {
    const person = await source.personOfAccount(id)
    return person && toEndpoint(person, id)
  }
  const own = type === 'PractitionerRole' ? personIdOfRole(id) : fromFhirId(id)
  if (own === undefined) return undefined
  if (type === 'Organization') {
    const house = await source.organisation(own)
    return house && toOrganization(house)
  }
  const person = await source.person(own)
  if (person === undefined) return undefined
  return type === 'Practitioner' ? toPractitioner(person, nowMs) : roleOf(person, id, source, nowMs)
}

async function roleOf(
  person: Person,
  id: string,
  source: FhirSource,
  nowMs: number,
): Promise<Resource | undefined> {
  const role = findRole(person, id)
  if (role === undefined) return undefined
  const accountId = (await source.accounts([person])).get(person.personId)
  return toPractitionerRole(person, role, { nowMs, accountId })
}

async function placeOf(id: string, source: FhirSource): Promise<Resource | undefined> {
  const key = readLocationId(id)
  const location = key && (await source.location(key.nsi, key.postcode))
  return location && toLocation(location)
}
