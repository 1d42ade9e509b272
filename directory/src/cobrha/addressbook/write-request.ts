// The AddressBook's four requests, element by element in the order of its schema.
// Source: protocol v1 (SearchProfessionalsRequest and its neighbours).
// Not concerned with which requests make sense (criteria.ts) nor with the envelope (soap.ts).

import { element, optionalElement, type XmlNode } from '../xml/write-xml.ts'
import type { OrganisationCriteria, Paging, ProfessionalCriteria } from './criteria.ts'
import { type Operation, PROTOCOL } from './namespaces.ts'

export interface RequestHead {
  /** an XML id: begins with a letter or `_` */
  readonly id: string
  readonly issuedAtMs: number
}

export function writeProfessionalSearch(
  head: RequestHead,
  criteria: ProfessionalCriteria,
  paging: Paging,
): XmlNode {
  const { nihii, ssin, firstName, lastName, profession, city, zipCode, email } = criteria
  return request('SearchProfessionals', head, paging, [
    ['NIHII', nihii],
    ['SSIN', ssin],
    ['FirstName', firstName],
    ['LastName', lastName],
    ['Profession', profession],
    ['City', city],
    ['ZipCode', zipCode],
    ['EMail', email],
  ])
}

export function writeOrganisationSearch(
  head: RequestHead,
  criteria: OrganisationCriteria,
  paging: Paging,
): XmlNode {
  const { nihii, cbe, ehp, institutionName, institutionType, city, zipCode, email } = criteria
  return request('SearchOrganizations', head, paging, [
    ['NIHII', nihii],
    ['CBE', cbe],
    ['EHP', ehp],
    ['InstitutionName', institutionName],
    ['InstitutionType', institutionType],
    ['City', city],
    ['ZipCode', zipCode],
    ['EMail', email],
  ])
}

export type ProfessionalIdentifier = { readonly nihii: string } | { readonly ssin: string }
export type OrganisationIdentifier =
  | { readonly nihii: string }
  | { readonly cbe: string }
  | { readonly ehp: string }

export function writeContactRequest(
  operation: 'GetProfessionalContactInfo' | 'GetOrganizationContactInfo',
  head: RequestHead,
  identifier: ProfessionalIdentifier | OrganisationIdentifier,
): XmlNode {
  const named = Object.entries(identifier).map(([name, value]): [string, string] => [
    name.toUpperCase(),
    value,
  ])
  return request(operation, head, undefined, named)
}

function request(
  operation: Operation,
  { id, issuedAtMs }: RequestHead,
  paging: Paging | undefined,
  fields: readonly (readonly [name: string, value: string | undefined])[],
): XmlNode {
  const attributes = {
    'xmlns:p': PROTOCOL,
    Id: id,
    IssueInstant: new Date(issuedAtMs).toISOString(),
    ...(paging === undefined
      ? {}
      : { Offset: String(paging.offset), MaxElements: String(paging.maxElements) }),
  }
  const content = fields.flatMap(([name, value]) => optionalElement(`p:${name}`, value))
  return element(`p:${operation}Request`, content, attributes)
}
