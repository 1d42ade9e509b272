/**
 * Purpose: the criteria of a search for people and roles as two things: what the index is asked, which may find more,
 * and what must hold of a person and of one and the same role.
 * Not concerned with pages.
 */
import {
  isPractising,
  isRoleActive,
  type Location,
  type Organisation,
  type Person,
  type Role,
} from '../model.ts'
import { nameWords } from '../names/fold.ts'
import { belgianPlaces } from '../names/places.ts'
import { cdHcpartyOfProfession, professionOfCdHcparty } from '../professions/professions.ts'
import type { SearchQuery } from '../search/query.ts'
import { idIn, locationId, toFhirId } from './ids.ts'
import type { FhirSearch } from './read-search.ts'
import { codeSystems, identifierSystems } from './systems.ts'
import { professionCodesOf } from './to-fhir.ts'

export interface PeopleQuestion {
  /** undefined: too wide */
  query: SearchQuery | undefined
  onlyReachable: boolean
  isPerson: (person: Person) => boolean
  isRole: (person: Person, role: Role) => boolean
}

type Criteria = FhirSearch['criteria']

/** @param organisationName of `criteria.organization`, where that is given */
export function toPeopleQuestion(
  criteria: Criteria,
  nowMs: number,
  organisationName: string | undefined,
): PeopleQuestion {
  const query = toQuery(criteria, organisationName)
  const isById = criteria.practitioner !== undefined || criteria.id !== undefined
  const isByNumber = query.identifier !== undefined || isById
  return {
    query: Object.keys(query).length === 0 ? undefined : query,
    onlyReachable: criteria.isReachable === 'active',
    isPerson: (person) => isPersonMeant(person, criteria, isByNumber, nowMs),
    isRole: (person, role) => isRoleMeant(person, role, criteria, nowMs),
  }
}

function toQuery(criteria: Criteria, organisationName: string | undefined): SearchQuery {
  const number = criteria.personIdentifier ?? criteria.organizationIdentifier
  const house = criteria.organizationName ?? organisationName
  const place = criteria.postalCode ?? criteria.city
  return {
    ...(number === undefined ? {} : { identifier: tokenOf(number).code }),
    ...(criteria.text === undefined ? {} : { text: criteria.text }),
    ...(criteria.name === undefined ? {} : { name: criteria.name }),
    ...(criteria.family === undefined ? {} : { lastName: criteria.family }),
    ...(criteria.given === undefined ? {} : { firstName: criteria.given }),
    ...(place === undefined ? {} : { place }),
    ...(house === undefined ? {} : { organisation: house }),
    ...toProfession(criteria),
  }
}

/** A general code is a profession; a narrow one narrows more. */
function toProfession({ qualification, specialty }: Criteria): Pick<SearchQuery, 'profession' | 'specialty'> {
  const code = qualification === undefined ? undefined : tokenOf(qualification).code
  const profession = code === undefined ? undefined : professionOfCdHcparty(code)
  const isGeneral = profession !== undefined && cdHcpartyOfProfession[profession][0] === code
  const narrow = specialty === undefined ? (isGeneral ? undefined : code) : tokenOf(specialty).code
  return {
    ...(profession === undefined ? {} : { profession }),
    ...(narrow === undefined ? {} : { specialty: narrow }),
  }
}

function isPersonMeant(person: Person, criteria: Criteria, isByNumber: boolean, nowMs: number): boolean {
  const { isPractising: practising, personIdentifier } = criteria
  if (practising !== undefined && isPractising(person, nowMs) !== (practising === 'true')) return false
  if (personIdentifier !== undefined && !bearsNumber(person, personIdentifier)) return false
  // By a number or an id nothing else was looked at.
  if (!isByNumber) return true
  const { lastName, firstName } = person
  return (
    areWordsOf(criteria.name, `${lastName} ${firstName}`) &&
    areWordsOf(criteria.family, lastName) &&
    areWordsOf(criteria.given, firstName)
  )
}

function isRoleMeant(person: Person, role: Role, criteria: Criteria, nowMs: number): boolean {
  const { isRoleActive: active, qualification, specialty, organization, location, postalCode } = criteria
  const { organisation } = role
  if (active !== undefined && (!person.deceased && isRoleActive(role, nowMs)) !== (active === 'true'))
    return false
  if (qualification !== undefined && !isCode(qualification, professionCodesOf(role))) return false
  if (specialty !== undefined && !isCode(specialty, [role.cdHcparty, role.specialty])) return false
  if (location !== undefined && locationId(role.location) !== idIn(location, 'Location')) return false
  if (postalCode !== undefined && role.location.postcode !== postalCode) return false
  if (organization !== undefined && !isAt(organisation, organization)) return false
  if (!areWordsOf(criteria.organizationName, organisation?.name ?? '')) return false
  if (criteria.city !== undefined && !isIn(role.location, criteria.city)) return false
  return criteria.organizationIdentifier === undefined || isHouse(role, criteria.organizationIdentifier)
}

function isAt(organisation: Organisation | undefined, reference: string): boolean {
  if (organisation === undefined) return false
  return toFhirId(organisation.organisationId) === idIn(reference, 'Organization')
}

/** The index answers with those around a city too; FHIR asks for the city. */
function isIn({ nsi, fr, nl, de }: Location, city: string): boolean {
  const named = belgianPlaces().find(city)?.nsis.has(nsi) === true
  return named || [fr, nl, de].some((name) => name !== undefined && areWordsOf(city, name))
}

/** Each word begins one of the name's. */
function areWordsOf(asked: string | undefined, name: string): boolean {
  if (asked === undefined) return true
  const words = nameWords(name)
  const joined = words.join('')
  return nameWords(asked).every((word) => words.some((one) => one.startsWith(word)) || joined.includes(word))
}

export interface Token {
  system: string | undefined
  code: string
}

/** `system|code`, `|code` or `code`. */
export function tokenOf(value: string): Token {
  const at = value.indexOf('|')
  return at < 0
    ? { system: undefined, code: value }
    : { system: value.slice(0, at), code: value.slice(at + 1) }
}

function isCode(asked: string, codes: readonly (string | undefined)[]): boolean {
  const { system, code } = tokenOf(asked)
  return (system === undefined || system === codeSystems.cdHcparty) && codes.includes(code)
}

const PERSON_SYSTEMS: readonly string[] = [identifierSystems.nihdi, identifierSystems.nihdiProfessional]

function bearsNumber({ roles, rpps }: Person, asked: string): boolean {
  const { system, code } = tokenOf(asked)
  const digits = code.replaceAll(/[\s.-]/g, '')
  const isRpps = (system === undefined || system === identifierSystems.rpps) && rpps === digits
  if (isRpps) return true
  if (system !== undefined && !PERSON_SYSTEMS.includes(system)) return false
  return roles.some(({ nihii8 }) => nihii8 !== undefined && digits.startsWith(nihii8))
}

/** The systems that an organisation's number may be in, and which of its numbers that is. */
const HOUSE_SYSTEMS: ReadonlyMap<string, 'nihii8' | 'cbe' | 'finess'> = new Map([
  [identifierSystems.nihdi, 'nihii8'],
  [identifierSystems.nihdiOrganization, 'nihii8'],
  [identifierSystems.cbe, 'cbe'],
  [identifierSystems.finess, 'finess'],
])

function isHouse({ organisation }: Role, asked: string): boolean {
  return organisation !== undefined && hasNumber(organisation, asked)
}

export function hasNumber(house: { nihii8?: string; cbe?: string; finess?: string }, asked: string): boolean {
  const { system, code } = tokenOf(asked)
  const value = code.replaceAll(/[\s.-]/g, '')
  const kind = system === undefined ? undefined : HOUSE_SYSTEMS.get(system)
  if (system !== undefined) return kind !== undefined && house[kind] === value
  return [house.nihii8, house.cbe, house.finess].includes(value)
}
