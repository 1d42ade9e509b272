/**
 * The parts of FHIR R4 resources that Pli writes, as types. Source: http://hl7.org/fhir/R4. What is required there is
 * required here. Not concerned with reading resources: nobody sends any.
 */

export interface Identifier {
  system: string
  value: string
}
export interface Coding {
  system: string
  code: string
  display?: string
}
export interface CodeableConcept {
  coding: Coding[]
  text?: string
}
export interface Reference {
  reference: string
  display?: string
}
export interface Period {
  start?: string
  end?: string
}
export interface Extension {
  url: string
  valueCode: string
}
export interface Address {
  extension?: Extension[]
  use: 'work'
  city: string
  postalCode: string
  country: 'BE' | 'FR'
}

export interface Practitioner {
  resourceType: 'Practitioner'
  id: string
  active: boolean
  identifier?: Identifier[]
  name: { use: 'official'; family: string; given: string[]; text: string }[]
  /** R4 has a date or a truth here; the register says only that somebody died, which Practitioner has no field for. */
  communication: CodeableConcept[]
  qualification?: { code: CodeableConcept; period?: Period }[]
}

export interface PractitionerRole {
  resourceType: 'PractitionerRole'
  id: string
  active: boolean
  identifier?: Identifier[]
  period?: Period
  practitioner: Reference
  organization?: Reference
  code: CodeableConcept[]
  specialty?: CodeableConcept[]
  location: Reference[]
  endpoint?: Reference[]
}

export interface Organization {
  resourceType: 'Organization'
  id: string
  identifier?: Identifier[]
  active: boolean
  type: CodeableConcept[]
  name: string
  address: Address[]
}

export interface Location {
  resourceType: 'Location'
  id: string
  status: 'active'
  mode: 'kind'
  name: string
  alias?: string[]
  /** R4 allows one; the other languages are in `alias` and in the organisation's addresses. */
  address: Address
}

export interface Endpoint {
  resourceType: 'Endpoint'
  id: string
  status: 'active'
  connectionType: Coding
  name: string
  payloadType: CodeableConcept[]
  address: string
}

export type Resource = Practitioner | PractitionerRole | Organization | Location | Endpoint
export type ResourceType = Resource['resourceType']

export const resourceTypes = [
  'Practitioner',
  'PractitionerRole',
  'Organization',
  'Location',
  'Endpoint',
] as const
