// From the AddressBook's answers to values. An answer in other namespaces than agreed is no answer.
// Source: protocol v1, core v1, aa complex types v1. The elements of organisations are assumed after those of
// professionals: no published example of them was found.
// Not concerned with SOAP (soap.ts) nor with paging.

import { DirectoryError } from '../../errors.ts'
import { readSourceNihii } from '../../identifiers/nihii.ts'
import type { XmlElement } from '../xml/read-xml.ts'
import { childOf, childrenOf, textOf } from '../xml/walk-xml.ts'
import type {
  AddressBookOrganisation,
  AddressBookPerson,
  AddressBookProfessional,
  ContactPoints,
  LocalisedText,
  OrganisationContact,
  PostalAddress,
  PractisedProfession,
  ProfessionalContact,
} from './answers.ts'
import { AA, COMMONS, CORE, type Operation, PROTOCOL, STATUS_PREFIX } from './namespaces.ts'

/** 11 digits to the look-up value: the only way an SSIN of an answer is used. */
export type SsinLookUp = (ssin: string) => string

/**
 * Checks that this is the answer to what was asked, and a success.
 * @throws DirectoryError `source-malformed`, or `source-refused` with the status and its message as operator detail
 */
export function openResponse(response: XmlElement, operation: Operation, requestId: string): XmlElement {
  const isExpected = response.namespace === PROTOCOL && response.name === `${operation}Response`
  if (!isExpected || response.attributes.get('InResponseTo') !== requestId) throw malformed()
  const status = childOf(response, COMMONS, 'Status')
  const value = childOf(status, COMMONS, 'StatusCode')?.attributes.get('Value')
  if (value === undefined) throw malformed()
  if (value !== `${STATUS_PREFIX}Success`) {
    const message = textOf(status, COMMONS, 'StatusMessage') ?? ''
    throw new DirectoryError('source-refused', 'The AddressBook did not answer this.', `${value} ${message}`)
  }
  return response
}

export function readProfessionals(response: XmlElement, lookUp: SsinLookUp): AddressBookProfessional[] {
  return childrenOf(response, AA, 'HealthCareProfessional').map((found) => ({
    ...readPerson(found, lookUp),
    professions: childrenOf(found, AA, 'Profession').map(readProfession),
  }))
}

export function readProfessionalContact(
  response: XmlElement,
  lookUp: SsinLookUp,
): ProfessionalContact | undefined {
  const found = childOf(response, PROTOCOL, 'IndividualContactInformation')
  if (found === undefined) return undefined
  const practices = childrenOf(found, CORE, 'ProfessionalInformation').map((information) => {
    const profession = childOf(information, AA, 'Profession')
    if (profession === undefined) throw malformed()
    return { profession: readProfession(profession), ...readContactPoints(information) }
  })
  return { ...readPerson(found, lookUp), practices }
}

export function readOrganisations(response: XmlElement): AddressBookOrganisation[] {
  return childrenOf(response, AA, 'HealthCareOrganization').map(readOrganisation)
}

export function readOrganisationContact(response: XmlElement): OrganisationContact | undefined {
  const found = childOf(response, PROTOCOL, 'OrganizationContactInformation')
  if (found === undefined) return undefined
  return { ...readOrganisation(found), ...readContactPoints(found) }
}

function readPerson(from: XmlElement, lookUp: SsinLookUp): AddressBookPerson {
  const lastName = textOf(from, AA, 'LastName')
  if (lastName === undefined) throw malformed()
  const ssin = textOf(from, AA, 'SSIN')
  return {
    ...(ssin === undefined ? {} : { ssinHmac: lookUp(ssin) }),
    lastName,
    firstName: textOf(from, AA, 'FirstName') ?? '',
    ...optional('middleNames', textOf(from, AA, 'MiddleNames')),
    ...optional('language', textOf(from, AA, 'Language')),
    ...optional('gender', textOf(from, AA, 'Gender')),
  }
}

function readProfession(from: XmlElement): PractisedProfession {
  const code = textOf(from, AA, 'ProfessionCode')
  if (code === undefined) throw malformed()
  const nihii = readSourceNihii(textOf(from, AA, 'NIHII') ?? '')
  return {
    code,
    names: readTexts(from, 'ProfessionFriendlyName'),
    ...(nihii === undefined ? {} : { nihii }),
    specialities: childrenOf(from, AA, 'Speciality').flatMap((speciality) => {
      const specialityCode = textOf(speciality, AA, 'SpecialityCode')
      if (specialityCode === undefined) return []
      return [{ code: specialityCode, names: readTexts(speciality, 'SpecialityFriendlyName') }]
    }),
  }
}

function readOrganisation(from: XmlElement): AddressBookOrganisation {
  return {
    names: readTexts(from, 'Name'),
    ...optional('type', textOf(from, AA, 'OrganizationTypeCode')),
    ...optional('nihii', textOf(from, AA, 'NIHII')),
    ...optional('cbe', textOf(from, AA, 'CBE')),
    ...optional('ehp', textOf(from, AA, 'EHP')),
  }
}

function readContactPoints(from: XmlElement): ContactPoints {
  return {
    addresses: childrenOf(from, AA, 'Address').map(readAddress),
    additional: childrenOf(from, AA, 'HealthCareAdditionalInformation').map((information) => ({
      type: information.attributes.get('Type') ?? '',
      value: information.text.trim(),
    })),
    eHealthBoxes: childrenOf(from, CORE, 'EHealthBox').map((box) => ({
      id: textOf(box, CORE, 'Id') ?? '',
      type: textOf(box, CORE, 'Type') ?? '',
      quality: textOf(box, CORE, 'Quality') ?? '',
    })),
  }
}

function readAddress(from: XmlElement): PostalAddress {
  const municipality = childOf(from, AA, 'Municipality')
  const street = childOf(from, AA, 'Street')
  return {
    type: from.attributes.get('Type') ?? '',
    street: street === undefined ? {} : readTexts(street, 'Description'),
    ...optional('houseNumber', textOf(from, AA, 'HouseNumber')),
    ...optional('postBox', textOf(from, AA, 'PostBox')),
    ...optional('zipCode', textOf(municipality, AA, 'ZipCode')),
    ...optional('nsi', textOf(municipality, AA, 'NSICode')),
    municipality: municipality === undefined ? {} : readTexts(municipality, 'Description'),
    ...optional('country', textOf(childOf(from, AA, 'Country'), AA, 'ISOCode')),
  }
}

function readTexts(parent: XmlElement, name: string): LocalisedText {
  const texts = childrenOf(parent, AA, name).map((text): [string, string] => [
    (text.attributes.get('lang') ?? '').toLowerCase(),
    text.text.trim(),
  ])
  return Object.fromEntries(texts)
}

/** A key of its own only if there is a value. */
function optional<K extends string>(key: K, value: string | undefined): { [key in K]?: string } {
  return value === undefined ? {} : ({ [key]: value } as { [key in K]: string })
}

const malformed = (): DirectoryError =>
  new DirectoryError('source-malformed', 'The answer does not have the elements that were agreed.')
