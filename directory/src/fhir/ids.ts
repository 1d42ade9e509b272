/**
 * FHIR ids are 1 to 64 of `A-Z a-z 0-9 - .`; ours may have `_` and no `.`, so the one stands for the other and every id
 * goes both ways. Not concerned with who has which id.
 */
import type { Location } from '../model.ts'
import type { ResourceType } from './resources.ts'

export function toFhirId(id: string): string {
  return id.replaceAll('_', '.')
}

/** Undefined for what cannot be an id of ours. */
export function fromFhirId(id: string): string | undefined {
  return /^[A-Za-z0-9.-]{1,64}$/.test(id) ? id.replaceAll('.', '_') : undefined
}

/** A municipality and a postcode: `21009-1050`. */
export function locationId({ nsi, postcode }: Location): string {
  return `${nsi}-${postcode}`
}

export function referenceTo(type: ResourceType, id: string, display?: string) {
  return { reference: `${type}/${id}`, ...(display === undefined ? {} : { display }) }
}
