/**
 * What can be searched by, for each resource. Sources: the R4 search parameters, and the chained ones of gematik's
 * directory. The table is what is read, what is refused, and what the CapabilityStatement says.
 * Not concerned with finding.
 */
import type { ResourceType } from './resources.ts'

/** What a parameter asks, whatever it is called at each resource. */
export type Criterion =
  | 'id'
  | 'text'
  | 'name'
  | 'family'
  | 'given'
  | 'personIdentifier'
  | 'isPractising'
  | 'isRoleActive'
  | 'practitioner'
  | 'qualification'
  | 'specialty'
  | 'organization'
  | 'organizationName'
  | 'organizationIdentifier'
  | 'location'
  | 'city'
  | 'postalCode'
  | 'status'
  | 'isReachable'

export interface SearchParameter {
  name: string
  type: 'string' | 'token' | 'reference' | 'special'
  criterion: Criterion
  documentation: string
}

const parameter = (
  name: string,
  type: SearchParameter['type'],
  criterion: Criterion,
  documentation: string,
): SearchParameter => ({ name, type, criterion, documentation })

const id = parameter('_id', 'token', 'id', 'The id of the resource.')
const text = parameter(
  '_text',
  'special',
  'text',
  'Name, place, profession, organisation or number in any order, as a person types it. Alone, or beside active and endpoint.status.',
)
const name = (of: string) =>
  parameter(
    `${of}name`,
    'string',
    'name',
    'Last and first name in any order; a slip or another spelling is forgiven.',
  )
const family = (of: string) => parameter(`${of}family`, 'string', 'family', 'The last name.')
const given = (of: string) => parameter(`${of}given`, 'string', 'given', 'The first name, or its beginning.')
const number = (of: string) =>
  parameter(
    `${of}identifier`,
    'token',
    'personIdentifier',
    'nihdi, nihdi-professional (8 or 11 digits; eight decide) or RPPS. Never a national number.',
  )
const qualification = (called: string) =>
  parameter(called, 'token', 'qualification', 'A CD-HCPARTY code of a person, general or narrow.')
const practising = (called: string) =>
  parameter(
    called,
    'token',
    'isPractising',
    'Whether they may practise anything today. Who may not is found by a number or an id only.',
  )
const houseNumber = (called: string) =>
  parameter(called, 'token', 'organizationIdentifier', 'nihdi, nihdi-organization (8 digits), cbe or FINESS.')
const city = (called: string) =>
  parameter(called, 'string', 'city', 'A municipality or a part of one, in any of its languages.')
const postalCode = (called: string) => parameter(called, 'string', 'postalCode', 'The whole postcode.')

export const searchParameters: Readonly<Record<ResourceType, readonly SearchParameter[]>> = {
  Practitioner: [
    id,
    text,
    practising('active'),
    name(''),
    family(''),
    given(''),
    number(''),
    qualification('qualification'),
  ],
  PractitionerRole: [
    id,
    text,
    parameter('active', 'token', 'isRoleActive', 'Whether the role may be practised today.'),
    number(''),
    qualification('role'),
    parameter('specialty', 'token', 'specialty', 'A CD-HCPARTY code of a department or a person.'),
    parameter('practitioner', 'reference', 'practitioner', 'Whose role it is.'),
    practising('practitioner.active'),
    name('practitioner.'),
    family('practitioner.'),
    given('practitioner.'),
    number('practitioner.'),
    qualification('practitioner.qualification'),
    parameter('organization', 'reference', 'organization', 'Where it is practised.'),
    parameter(
      'organization.name',
      'string',
      'organizationName',
      'Words of the name, the last one perhaps begun.',
    ),
    houseNumber('organization.identifier'),
    parameter('location', 'reference', 'location', 'The municipality and postcode.'),
    city('location.address-city'),
    postalCode('location.address-postalcode'),
    parameter('endpoint.status', 'token', 'isReachable', 'active: only who can be written to here.'),
  ],
  Organization: [
    id,
    parameter('name', 'string', 'organizationName', 'Words of the name, the last one perhaps begun.'),
    houseNumber('identifier'),
    city('address-city'),
    postalCode('address-postalcode'),
  ],
  Location: [
    id,
    parameter('name', 'string', 'city', 'As address-city.'),
    city('address-city'),
    postalCode('address-postalcode'),
  ],
  Endpoint: [id, name(''), parameter('status', 'token', 'status', 'Those that are here are active.')],
}

export const includes = ['practitioner', 'organization', 'location', 'endpoint'] as const
export type Include = (typeof includes)[number]

export const MAX_COUNT = 100
export const USUAL_COUNT = 20
