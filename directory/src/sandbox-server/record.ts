// A sandbox person as the sandbox's register writes them: the CoBRHA-shaped JSON that cobrha/register/record.ts reads.
// Source: `licenseToPractice`, `healthcareStatus`, `deceased` are public names; the rest of the shape is invented.
// Not concerned with SOAP (soap/).

import type { Location, Role } from '../model.ts'
import type { RegisteredPerson } from '../sandbox/people.ts'

export interface SandboxAddress {
  readonly zipCode: string
  readonly nsiCode: string
  readonly nl: string
  readonly fr: string
  readonly de?: string | undefined
}

export interface SandboxPractice {
  readonly id: string
  readonly discipline: string
  readonly cdHcparty: string
  readonly speciality?: string | undefined
  /** eleven digits */
  readonly nihii?: string | undefined
  readonly licenseToPractice: boolean
  readonly healthcareStatus: 'ACTIVE' | 'INACTIVE'
  /** days: `2015-01-01` */
  readonly from?: string | undefined
  readonly until?: string | undefined
  readonly organization?:
    | {
        readonly id: string
        readonly name: string
        readonly type: string
        readonly nihii?: string | undefined
        readonly cbe?: string | undefined
        readonly address: SandboxAddress
      }
    | undefined
  readonly address: SandboxAddress
}

export interface SandboxRecord {
  readonly id: string
  readonly version: string
  readonly ssin: string
  readonly lastName: string
  readonly firstName: string
  readonly language: string
  readonly gender: 'F' | 'M'
  readonly deceased: boolean
  readonly practices: readonly SandboxPractice[]
}

export function toRecord({ person, ssin, sex }: RegisteredPerson, version: string): SandboxRecord {
  return {
    id: person.personId,
    version,
    ssin,
    lastName: person.lastName,
    firstName: person.firstName,
    language: person.language.toUpperCase(),
    gender: sex,
    deceased: person.deceased,
    practices: person.roles.map(toPractice),
  }
}

function toPractice(role: Role): SandboxPractice {
  const { organisation } = role
  return {
    id: role.roleId,
    discipline: role.profession,
    cdHcparty: role.cdHcparty,
    speciality: role.specialty,
    nihii: role.nihii11,
    licenseToPractice: role.licenceToPractise,
    healthcareStatus: role.licenceToPractise ? 'ACTIVE' : 'INACTIVE',
    from: toDay(role.validFromMs),
    until: toDay(role.validUntilMs),
    organization: organisation && {
      id: organisation.organisationId,
      name: organisation.name,
      type: organisation.cdHcparty,
      nihii: organisation.nihii8,
      cbe: organisation.cbe,
      address: toAddress(organisation.location),
    },
    address: toAddress(role.location),
  }
}

export function toAddress({ postcode, nsi, nl, fr, de }: Location): SandboxAddress {
  return { zipCode: postcode, nsiCode: nsi, nl, fr, de }
}

const toDay = (atMs: number | undefined): string | undefined =>
  atMs === undefined ? undefined : new Date(atMs).toISOString().slice(0, 10)
