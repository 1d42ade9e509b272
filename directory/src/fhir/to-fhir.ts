/**
 * Purpose: what the directory knows of a person, as FHIR R4 resources by the Belgian profiles. The SSIN is not in the
 * model and so in none of them; its HMAC stays behind too. Not concerned with searching.
 */
import {
  isPractising,
  isRoleActive,
  type Location,
  type Organisation,
  type Person,
  type Role,
} from '../model.ts'
import { cdHcpartyTable, titleOf } from '../professions/cd-hcparty.ts'
import { cdHcpartyOfProfession } from '../professions/professions.ts'
import { locationId, referenceTo, toFhirId, toRoleFhirId } from './ids.ts'
import type * as fhir from './resources.ts'
import {
  codeSystems,
  identifierSystems,
  LANGUAGE_EXTENSION,
  MESSENGER_CODE,
  MESSENGER_SYSTEM,
} from './systems.ts'

export function toPractitioner(person: Person, nowMs: number): fhir.Practitioner {
  const identifier = uniqueBy(
    [...person.roles.flatMap(roleIdentifiers), ...rppsOf(person)],
    ({ system, value }) => `${system}|${value}`,
  )
  const qualification = uniqueBy(person.roles, ({ cdHcparty }) => cdHcparty).map((role) => ({
    code: professionOf(role, person.language),
    ...withPeriod(role),
  }))
  return {
    resourceType: 'Practitioner',
    id: toFhirId(person.personId),
    active: isPractising(person, nowMs),
    ...(identifier.length === 0 ? {} : { identifier }),
    name: [{ use: 'official', family: person.lastName, given: [person.firstName], text: displayOf(person) }],
    communication: [{ coding: [{ system: codeSystems.locale, code: person.language }] }],
    ...(qualification.length === 0 ? {} : { qualification }),
  }
}

/** `accountId` is whom the messenger reaches, where it reaches the person. */
export function toPractitionerRole(
  person: Person,
  role: Role,
  { nowMs, accountId }: { nowMs: number; accountId?: string | undefined },
): fhir.PractitionerRole {
  const { organisation, specialty } = role
  const identifier = roleIdentifiers(role)
  return {
    resourceType: 'PractitionerRole',
    id: toRoleFhirId(person.personId, role.roleId),
    active: !person.deceased && isRoleActive(role, nowMs),
    ...(identifier.length === 0 ? {} : { identifier }),
    ...withPeriod(role),
    practitioner: referenceTo('Practitioner', toFhirId(person.personId), displayOf(person)),
    ...(organisation === undefined ? {} : { organization: organisationReference(organisation) }),
    code: [professionOf(role, person.language)],
    ...(specialty === undefined ? {} : { specialty: [codeOf(specialty, person.language)] }),
    location: [referenceTo('Location', locationId(role.location), nameOf(role.location))],
    ...(accountId === undefined ? {} : { endpoint: [referenceTo('Endpoint', accountId)] }),
  }
}

export function toOrganization(organisation: Organisation): fhir.Organization {
  const identifier = organisationIdentifiers(organisation)
  return {
    resourceType: 'Organization',
    id: toFhirId(organisation.organisationId),
    ...(identifier.length === 0 ? {} : { identifier }),
    active: true,
    type: [codeOf(organisation.cdHcparty, 'fr')],
    name: organisation.name,
    address: addressesOf(organisation.location),
  }
}

export function toLocation(location: Location): fhir.Location {
  const alias = namesOf(location)
    .slice(1)
    .map(({ name }) => name)
  const [address] = addressesOf(location)
  return {
    resourceType: 'Location',
    id: locationId(location),
    status: 'active',
    // A municipality, not a door: the register does not say which door.
    mode: 'kind',
    name: nameOf(location),
    ...(alias.length === 0 ? {} : { alias }),
    address: address!,
  }
}

/** `address` is the account, as clients name it: nothing is reachable at it but through the messenger. */
export function toEndpoint(person: Person, accountId: string): fhir.Endpoint {
  return {
    resourceType: 'Endpoint',
    id: accountId,
    status: 'active',
    connectionType: { system: MESSENGER_SYSTEM, code: MESSENGER_CODE, display: 'Pli' },
    name: displayOf(person),
    payloadType: [{ coding: [{ system: codeSystems.endpointPayload, code: 'any' }] }],
    address: `urn:uuid:${accountId}`,
  }
}

function displayOf({ firstName, lastName }: Person): string {
  return `${firstName} ${lastName}`
}

function organisationReference({ organisationId, name }: Organisation): fhir.Reference {
  return referenceTo('Organization', toFhirId(organisationId), name)
}

/** As narrow as the register has it, and the profession that this is a kind of: whoever asks for either finds it. */
function professionOf(role: Role, language: Person['language']): fhir.CodeableConcept {
  return { coding: professionCodesOf(role).map(codingOf), text: titleOf(role.cdHcparty, language) }
}

/** CD-HCPARTY codes, the narrower first. */
export function professionCodesOf({ cdHcparty, profession }: Role): string[] {
  return [...new Set([cdHcparty, cdHcpartyOfProfession[profession][0]])]
}

function codeOf(code: string, language: Person['language']): fhir.CodeableConcept {
  return { coding: [codingOf(code)], text: titleOf(code, language) }
}

function codingOf(code: string): fhir.Coding {
  const names = cdHcpartyTable().get(code)
  return { system: codeSystems.cdHcparty, code, ...(names === undefined ? {} : { display: names.en }) }
}

/** The longer one where there are both: its first eight digits are the shorter. */
function roleIdentifiers({ nihii8, nihii11 }: Role): fhir.Identifier[] {
  const value = nihii11 ?? nihii8
  return value === undefined ? [] : [{ system: identifierSystems.nihdiProfessional, value }]
}

function rppsOf({ rpps }: Person): fhir.Identifier[] {
  return rpps === undefined ? [] : [{ system: identifierSystems.rpps, value: rpps }]
}

function organisationIdentifiers({ nihii8, cbe, finess }: Organisation): fhir.Identifier[] {
  const all = [
    [identifierSystems.nihdiOrganization, nihii8],
    [identifierSystems.cbe, cbe],
    [identifierSystems.finess, finess],
  ] as const
  return all.flatMap(([system, value]) => (value === undefined ? [] : [{ system, value }]))
}

function withPeriod({ validFromMs, validUntilMs }: Role): { period?: fhir.Period } {
  if (validFromMs === undefined && validUntilMs === undefined) return {}
  return {
    period: {
      ...(validFromMs === undefined ? {} : { start: new Date(validFromMs).toISOString() }),
      ...(validUntilMs === undefined ? {} : { end: new Date(validUntilMs).toISOString() }),
    },
  }
}

/** Each name once: many places are called the same in every language. */
function namesOf({ fr, nl, de }: Location): { language: 'fr' | 'nl' | 'de'; name: string }[] {
  const all = [
    { language: 'fr' as const, name: fr },
    { language: 'nl' as const, name: nl },
    ...(de === undefined ? [] : [{ language: 'de' as const, name: de }]),
  ]
  return uniqueBy(all, ({ name }) => name)
}

function nameOf(location: Location): string {
  return namesOf(location)
    .map(({ name }) => name)
    .join(' / ')
}

/** One address per language, as the Belgian profiles repeat them. */
function addressesOf(location: Location): fhir.Address[] {
  const names = namesOf(location)
  return names.map(({ language, name }) => ({
    ...(names.length === 1 ? {} : { extension: [{ url: LANGUAGE_EXTENSION, valueCode: language }] }),
    use: 'work',
    city: name,
    postalCode: location.postcode,
    country: location.nsi.startsWith('FR') ? 'FR' : 'BE',
  }))
}

/** The first of each. */
function uniqueBy<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  const seen = new Set<string>()
  return items.filter((item) => {
    const key = keyOf(item)
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}
