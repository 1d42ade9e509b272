// The AddressBook's answers as XML, in the order and the namespaces of its published examples.
// Source: SearchProfessionalsResponse and GetProfessionalContactInfoResponse v1. Invented: everything of
// organisations, the status codes besides Success, streets, mail addresses and eHealthBoxes.
// Not concerned with who is found (answer.ts).

import {
  AA,
  COMMONS,
  CORE,
  type Operation,
  PROTOCOL,
  STATUS_PREFIX,
} from '../../cobrha/addressbook/namespaces.ts'
import { element, optionalElement, writeXml, type XmlNode } from '../../cobrha/xml/write-xml.ts'
import type { Organisation } from '../../model.ts'
import { type ProfessionCode, professionNames } from '../../professions/professions.ts'
import type { SandboxAddress, SandboxPractice, SandboxRecord } from '../record.ts'
import { toAddress } from '../record.ts'
import { inventContact } from './invented-contact.ts'
import type { SoapRequest } from './read-request.ts'

export interface SoapStatus {
  readonly code: 'Success' | 'Requester'
  readonly message?: string
}

export function writeResponse(request: SoapRequest, status: SoapStatus, found: readonly XmlNode[]): string {
  const { operation, id, paging } = request
  const attributes = {
    'xmlns:p': PROTOCOL,
    'xmlns:k': CORE,
    'xmlns:c': COMMONS,
    'xmlns:aa': AA,
    Id: `_r${id.slice(0, 60)}`,
    InResponseTo: id,
    IssueInstant: new Date().toISOString(),
    ...(paging === undefined
      ? {}
      : { Offset: String(paging.offset), MaxElements: String(paging.maxElements) }),
  }
  const code = element('c:StatusCode', '', { Value: STATUS_PREFIX + status.code })
  const statusNode = element('c:Status', [code, ...optionalElement('c:StatusMessage', status.message)])
  return writeXml(element(responseName(operation), [statusNode, ...found], attributes))
}

const responseName = (operation: Operation): string => `p:${operation}Response`

export function writeProfessional(record: SandboxRecord): XmlNode {
  const professions = [...onePerProfession(record).values()].map(writeProfession)
  return element('aa:HealthCareProfessional', [...writeWho(record), ...professions])
}

export function writeContact(record: SandboxRecord): XmlNode {
  const practices = record.practices.map((practice) => {
    const contact = inventContact(practice.id, record)
    return element('k:ProfessionalInformation', [
      writeProfession(practice),
      writeAddress(practice.address, contact),
      element('aa:HealthCareAdditionalInformation', contact.mail, { Type: 'Mail' }),
      ...writeBox(practice.nihii?.slice(0, 8), contact.quality),
    ])
  })
  return element('p:IndividualContactInformation', [...writeWho(record), ...practices])
}

export function writeOrganisation(organisation: Organisation): XmlNode {
  return element('aa:HealthCareOrganization', organisationParts(organisation))
}

export function writeOrganisationContact(organisation: Organisation): XmlNode {
  const contact = inventContact(organisation.organisationId, undefined)
  return element('p:OrganizationContactInformation', [
    ...organisationParts(organisation),
    writeAddress(toAddress(organisation.location), contact),
    element('aa:HealthCareAdditionalInformation', contact.mail, { Type: 'Mail' }),
    ...writeBox(organisation.nihii8, 'INSTITUTION'),
  ])
}

function writeWho(record: SandboxRecord): XmlNode[] {
  return [
    element('aa:SSIN', record.ssin),
    element('aa:LastName', record.lastName.toUpperCase()),
    element('aa:FirstName', record.firstName.toUpperCase()),
    element('aa:Language', record.language),
    element('aa:Gender', record.gender),
  ]
}

/** The same profession in two places is one profession here. */
function onePerProfession({ practices }: SandboxRecord): Map<string, SandboxPractice> {
  return new Map([...practices].reverse().map((practice) => [practice.discipline, practice]))
}

function writeProfession({ discipline, nihii, speciality }: SandboxPractice): XmlNode {
  const names = professionNames[discipline as ProfessionCode]
  return element('aa:Profession', [
    element('aa:ProfessionCode', discipline, { authenticSource: 'EHP', type: 'code' }),
    element('aa:ProfessionFriendlyName', names.nl, { 'xml:lang': 'NL' }),
    element('aa:ProfessionFriendlyName', names.fr, { 'xml:lang': 'FR' }),
    ...optionalElement('aa:NIHII', nihii),
    ...(speciality === undefined
      ? []
      : [element('aa:Speciality', [element('aa:SpecialityCode', speciality)])]),
  ])
}

function organisationParts({ name, cdHcparty, nihii8, cbe }: Organisation): XmlNode[] {
  return [
    ...optionalElement('aa:NIHII', nihii8),
    ...optionalElement('aa:CBE', cbe),
    element('aa:Name', name, { 'xml:lang': 'FR' }),
    element('aa:OrganizationTypeCode', cdHcparty, { authenticSource: 'EHP', type: 'code' }),
  ]
}

function writeAddress(
  address: SandboxAddress,
  { street, houseNumber }: { street: { nl: string; fr: string }; houseNumber: string },
): XmlNode {
  const both = (texts: { nl: string; fr: string }): XmlNode[] => [
    element('aa:Description', texts.nl, { 'xml:lang': 'NL' }),
    element('aa:Description', texts.fr, { 'xml:lang': 'FR' }),
  ]
  return element(
    'aa:Address',
    [
      element('aa:Street', both(street)),
      element('aa:HouseNumber', houseNumber),
      element('aa:Municipality', [
        element('aa:ZipCode', address.zipCode),
        element('aa:NSICode', address.nsiCode),
        ...both(address),
      ]),
      element('aa:Country', [element('aa:ISOCode', 'BE')]),
    ],
    { Type: 'WORK' },
  )
}

function writeBox(nihii8: string | undefined, quality: string): XmlNode[] {
  if (nihii8 === undefined) return []
  const parts = [element('k:Id', nihii8), element('k:Type', 'NIHII'), element('k:Quality', quality)]
  return [element('k:EHealthBox', parts)]
}
