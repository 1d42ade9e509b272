// Names of the AddressBook's wire format. Source: its schemas (protocol and core v1, commons core v2, aa complex
// types v1), SOAP 1.1, WS-Security 1.0, SAML.
// Not concerned with anything else.

export const PROTOCOL = 'urn:be:fgov:ehealth:addressbook:protocol:v1'
export const CORE = 'urn:be:fgov:ehealth:addressbook:core:v1'
export const COMMONS = 'urn:be:fgov:ehealth:commons:core:v2'
export const AA = 'urn:be:fgov:ehealth:aa:complextype:v1'
export const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/'
export const WSSE = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd'
export const WSU = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd'
export const SAML_NAMESPACES: readonly string[] = [
  'urn:oasis:names:tc:SAML:1.0:assertion',
  'urn:oasis:names:tc:SAML:2.0:assertion',
]

export const STATUS_PREFIX = 'urn:be:fgov:ehealth:2.0:status:'

export const operations = [
  'SearchProfessionals',
  'SearchOrganizations',
  'GetProfessionalContactInfo',
  'GetOrganizationContactInfo',
] as const

export type Operation = (typeof operations)[number]

/** `…:searchProfessionals`: the operation in lower camel case */
export function soapActionOf(operation: Operation): string {
  return `${PROTOCOL}:${operation.charAt(0).toLowerCase()}${operation.slice(1)}`
}
