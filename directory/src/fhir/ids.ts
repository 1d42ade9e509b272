/**
 * FHIR ids are 1 to 64 of `A-Z a-z 0-9 - .`; ours may have `_` and no `.`, so the one stands for the other and every id
 * goes both ways. Not concerned with who has which id.
 */
import { createHash } from 'node:crypto'
import type { Location, Person, Role } from '../model.ts'
import type { ResourceType } from './resources.ts'

export function toFhirId(id: string): string {
  return id.replaceAll('_', '.')
}

/** Undefined for what cannot be an id of ours. */
export function fromFhirId(id: string): string | undefined {
  return /^[A-Za-z0-9.-]{1,64}$/.test(id) ? id.replaceAll('.', '_') : undefined
}

/**
 * A role is found through its person, so that no index of roles is needed: `demo-nathalie.3f2a…`. The register's own id
 * of a role may have any length and any letters.
 */
export function toRoleFhirId(personId: string, roleId: string): string {
  return `${toFhirId(personId)}.${createHash('sha256').update(roleId).digest('hex').slice(0, ROLE_DIGITS)}`
}

/** The person whose role it would be; undefined for what cannot be a role's id. */
export function personIdOfRole(id: string): string | undefined {
  const at = id.lastIndexOf('.')
  return at > 0 && id.length - at - 1 === ROLE_DIGITS ? fromFhirId(id.slice(0, at)) : undefined
}

export function findRole({ personId, roles }: Person, id: string): Role | undefined {
  return roles.find(({ roleId }) => toRoleFhirId(personId, roleId) === id)
}

const ROLE_DIGITS = 16

/** A municipality and a postcode: `21009-1050`. */
export function locationId({ nsi, postcode }: Location): string {
  return `${nsi}-${postcode}`
}

export function readLocationId(id: string): { nsi: string; postcode: string } | undefined {
  const [, nsi, postcode] = /^([A-Z0-9]{2,7})-(\d{0,5})$/.exec(id) ?? []
  return nsi === undefined || postcode === undefined ? undefined : { nsi, postcode }
}

/** Of a reference: `Practitioner/x`, or `x` alone. */
export function idIn(reference: string, type: ResourceType): string {
  return reference.startsWith(`${type}/`) ? reference.slice(type.length + 1) : reference
}

export function referenceTo(type: ResourceType, id: string, display?: string) {
  return { reference: `${type}/${id}`, ...(display === undefined ? {} : { display }) }
}
