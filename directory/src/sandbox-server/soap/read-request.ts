// Reading a SOAP request as strictly as a schema would: namespaces, attributes, the elements in their order.
// Source: AddressBook protocol v1.
// Not concerned with what the service answers to what its schema allows (answer.ts).

import type { Paging } from '../../cobrha/addressbook/criteria.ts'
import {
  type Operation,
  operations,
  PROTOCOL,
  SAML_NAMESPACES,
  SOAP,
  soapActionOf,
  WSSE,
} from '../../cobrha/addressbook/namespaces.ts'
import { bodyOf } from '../../cobrha/addressbook/soap.ts'
import { readXml, type XmlElement } from '../../cobrha/xml/read-xml.ts'
import { childOf } from '../../cobrha/xml/walk-xml.ts'

export interface SoapRequest {
  readonly operation: Operation
  readonly id: string
  /** by the names that criteria.ts has for them; values trimmed */
  readonly criteria: Readonly<Record<string, string>>
  /** absent for contact information */
  readonly paging?: Paging
}

/** Answered with a SOAP fault. */
export class SoapFault extends Error {
  readonly faultCode: string
  constructor(faultCode: string, message: string) {
    super(message)
    this.name = 'SoapFault'
    this.faultCode = faultCode
  }
}

const PROFESSIONAL = [
  ['NIHII', 'nihii'],
  ['SSIN', 'ssin'],
  ['FirstName', 'firstName'],
  ['LastName', 'lastName'],
  ['Profession', 'profession'],
  ['City', 'city'],
  ['ZipCode', 'zipCode'],
  ['EMail', 'email'],
] as const
const ORGANISATION = [
  ['NIHII', 'nihii'],
  ['CBE', 'cbe'],
  ['EHP', 'ehp'],
  ['InstitutionName', 'institutionName'],
  ['InstitutionType', 'institutionType'],
  ['City', 'city'],
  ['ZipCode', 'zipCode'],
  ['EMail', 'email'],
] as const

const FIELDS: Readonly<Record<Operation, readonly (readonly [element: string, name: string])[]>> = {
  SearchProfessionals: PROFESSIONAL,
  SearchOrganizations: ORGANISATION,
  GetProfessionalContactInfo: PROFESSIONAL.slice(0, 2),
  GetOrganizationContactInfo: ORGANISATION.slice(0, 3),
}

/** @throws SoapFault */
export function readSoapRequest(
  document: string,
  soapAction: string | undefined,
  needsSaml: boolean,
): SoapRequest {
  const envelope = asClientFault(() => readXml(document))
  if (needsSaml) requireAssertion(envelope)
  const request = asClientFault(() => bodyOf(envelope))
  const operation = operations.find((known) => `${known}Request` === request.name)
  if (operation === undefined || request.namespace !== PROTOCOL) throw schemaFault()
  if (soapAction?.replace(/^"|"$/g, '') !== soapActionOf(operation))
    throw new SoapFault('soap:Client', 'The SOAPAction is not that of the request.')
  const id = request.attributes.get('Id')
  if (id === undefined || Number.isNaN(Date.parse(request.attributes.get('IssueInstant') ?? '')))
    throw schemaFault()
  const criteria = readInOrder(request, FIELDS[operation])
  return operation.startsWith('Search')
    ? { operation, id, criteria, paging: readPaging(request) }
    : { operation, id, criteria }
}

function readInOrder(
  request: XmlElement,
  fields: readonly (readonly [element: string, name: string])[],
): Record<string, string> {
  const criteria: Record<string, string> = {}
  let from = 0
  for (const child of request.children) {
    const at = fields.findIndex(([element], index) => index >= from && element === child.name)
    const field = fields[at]
    if (field === undefined || child.namespace !== PROTOCOL) throw schemaFault()
    criteria[field[1]] = child.text.trim()
    from = at + 1
  }
  return criteria
}

function readPaging(request: XmlElement): Paging {
  const read = (attribute: string): number => {
    const written = request.attributes.get(attribute) ?? ''
    if (!/^\d{1,9}$/.test(written)) throw schemaFault()
    return Number(written)
  }
  return { offset: read('Offset'), maxElements: read('MaxElements') }
}

function requireAssertion(envelope: XmlElement): void {
  const security = childOf(childOf(envelope, SOAP, 'Header'), WSSE, 'Security')
  const hasAssertion = security?.children.some(
    ({ name, namespace }) => name === 'Assertion' && SAML_NAMESPACES.includes(namespace),
  )
  if (!hasAssertion) throw new SoapFault('wsse:InvalidSecurity', 'There is no SAML assertion.')
}

function asClientFault<T>(work: () => T): T {
  try {
    return work()
  } catch {
    throw schemaFault()
  }
}

export const schemaFault = (): SoapFault =>
  new SoapFault('soap:Client', 'The request does not follow the schema.')
