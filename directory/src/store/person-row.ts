// A person as one compact row: JSON tuples in a fixed order, roles by their id, so that the same person is always the
// same text; and a digest of that text, by which a store sees whether somebody changed. Which version of the register
// a row came with says nothing of the person and stays outside both.
// Not concerned with tables.

import { createHash } from 'node:crypto'
import type { Location, Organisation, Person, Role } from '../model.ts'

export interface EncodedPerson {
  readonly personId: string
  readonly body: string
  /** 16 bytes */
  readonly digest: Uint8Array
  /** register and version; the same for all roles of a person */
  readonly source: Role['source']
  readonly sourceVersion: string
}

/** JSON has no undefined: what is absent is null. */
type Absent = null
type LocationTuple = [postcode: string, nsi: string, nl: string, fr: string, de?: string]
type OrganisationTuple = [
  id: string,
  name: string,
  cdHcparty: string,
  nihii8: string | Absent,
  cbe: string | Absent,
  finess: string | Absent,
  location: LocationTuple,
]
type RoleTuple = [
  id: string,
  profession: Role['profession'],
  cdHcparty: string,
  specialty: string | Absent,
  nihii8: string | Absent,
  nihii11: string | Absent,
  /** −1 unknown, 0 wrong, 1 right */
  checksum: number,
  /** 0 or 1 */
  licence: number,
  validFromMs: number | Absent,
  validUntilMs: number | Absent,
  location: LocationTuple,
  organisation: OrganisationTuple | Absent,
]
type PersonTuple = [
  lastName: string,
  firstName: string,
  language: Person['language'],
  deceased: number,
  ssinHmac: string | Absent,
  rpps: string | Absent,
  goneSinceMs: number | Absent,
  roles: RoleTuple[],
]

const DIGEST_BYTES = 16

export function encodePerson(person: Person): EncodedPerson {
  const roles = person.roles.length > 1 ? person.roles.toSorted(byRoleId) : person.roles
  const tuple: PersonTuple = [
    person.lastName,
    person.firstName,
    person.language,
    Number(person.deceased),
    person.ssinHmac ?? null,
    person.rpps ?? null,
    person.goneSinceMs ?? null,
    roles.map(roleTuple),
  ]
  const body = JSON.stringify(tuple)
  const digest = createHash('sha256').update(body).digest().subarray(0, DIGEST_BYTES)
  const { source = 'cobrha', sourceVersion = '' } = person.roles[0] ?? {}
  return { personId: person.personId, body, digest, source, sourceVersion }
}

/** The other way. The body is trusted: only `encodePerson` makes one. */
export function decodePerson(encoded: Omit<EncodedPerson, 'digest'>): Person {
  const [lastName, firstName, language, deceased, ssinHmac, rpps, goneSinceMs, roles] = JSON.parse(
    encoded.body,
  ) as PersonTuple
  const { source, sourceVersion } = encoded
  return {
    personId: encoded.personId,
    ...(ssinHmac === null ? {} : { ssinHmac }),
    ...(rpps === null ? {} : { rpps }),
    lastName,
    firstName,
    language,
    deceased: deceased === 1,
    ...(goneSinceMs === null ? {} : { goneSinceMs }),
    roles: roles.map((tuple) => ({ ...readRole(tuple), source, sourceVersion })),
  }
}

function byRoleId(a: Role, b: Role): number {
  return a.roleId < b.roleId ? -1 : a.roleId > b.roleId ? 1 : 0
}

function roleTuple(role: Role): RoleTuple {
  return [
    role.roleId,
    role.profession,
    role.cdHcparty,
    role.specialty ?? null,
    role.nihii8 ?? null,
    role.nihii11 ?? null,
    role.checksumValid === undefined ? -1 : Number(role.checksumValid),
    Number(role.licenceToPractise),
    role.validFromMs ?? null,
    role.validUntilMs ?? null,
    locationTuple(role.location),
    role.organisation === undefined ? null : organisationTuple(role.organisation),
  ]
}

function readRole(tuple: RoleTuple): Omit<Role, 'source' | 'sourceVersion'> {
  const [roleId, profession, cdHcparty, specialty, nihii8, nihii11, checksum, licence, from, until] = tuple
  const [location, organisation] = [tuple[10], tuple[11]]
  return {
    roleId,
    profession,
    cdHcparty,
    ...(specialty === null ? {} : { specialty }),
    ...(nihii8 === null ? {} : { nihii8 }),
    ...(nihii11 === null ? {} : { nihii11 }),
    ...(checksum === -1 ? {} : { checksumValid: checksum === 1 }),
    licenceToPractise: licence === 1,
    ...(from === null ? {} : { validFromMs: from }),
    ...(until === null ? {} : { validUntilMs: until }),
    ...(organisation === null ? {} : { organisation: readOrganisation(organisation) }),
    location: readLocation(location),
  }
}

function locationTuple({ postcode, nsi, nl, fr, de }: Location): LocationTuple {
  return de === undefined ? [postcode, nsi, nl, fr] : [postcode, nsi, nl, fr, de]
}

function readLocation([postcode, nsi, nl, fr, de]: LocationTuple): Location {
  return de === undefined ? { postcode, nsi, nl, fr } : { postcode, nsi, nl, fr, de }
}

function organisationTuple(organisation: Organisation): OrganisationTuple {
  const { organisationId, name, cdHcparty, nihii8, cbe, finess, location } = organisation
  return [
    organisationId,
    name,
    cdHcparty,
    nihii8 ?? null,
    cbe ?? null,
    finess ?? null,
    locationTuple(location),
  ]
}

function readOrganisation(tuple: OrganisationTuple): Organisation {
  const [organisationId, name, cdHcparty, nihii8, cbe, finess, location] = tuple
  return {
    organisationId,
    name,
    cdHcparty,
    ...(nihii8 === null ? {} : { nihii8 }),
    ...(cbe === null ? {} : { cbe }),
    ...(finess === null ? {} : { finess }),
    location: readLocation(location),
  }
}
