// What the sandbox's AddressBook answers: the acceptance service's refusals, then who is found.
// Source: observations of the acceptance service (cobrha/addressbook/criteria.ts). Invented: that refusals have the
// status Requester, that someone who is not found is a success without content.
// Not concerned with HTTP.

import {
  type CriteriaRefusal,
  refusalOfIdentifiers,
  refusalOfOrganisations,
  refusalOfPaging,
  refusalOfProfessionals,
  refusalSentences,
} from '../../cobrha/addressbook/criteria.ts'
import type { XmlNode } from '../../cobrha/xml/write-xml.ts'
import type { Organisation } from '../../model.ts'
import { fold } from '../../names/fold.ts'
import { createGlob } from '../glob.ts'
import type { Register } from '../register.ts'
import { type SoapRequest, schemaFault } from './read-request.ts'
import {
  writeContact,
  writeOrganisation,
  writeOrganisationContact,
  writeProfessional,
  writeResponse,
} from './write-response.ts'

/** @throws SoapFault for what the schema does not allow */
export function answerSoap(register: Register, request: SoapRequest): string {
  const refusal = refusalOf(request)
  if (refusal === undefined) return writeResponse(request, { code: 'Success' }, findFor(register, request))
  if (['criteria-format', 'criteria-choice', 'criteria-paging'].includes(refusal)) throw schemaFault()
  return writeResponse(request, { code: 'Requester', message: refusalSentences[refusal] }, [])
}

function refusalOf({ operation, criteria, paging }: SoapRequest): CriteriaRefusal | undefined {
  if (paging === undefined) return refusalOfIdentifiers(criteria)
  const refusal =
    operation === 'SearchProfessionals' ? refusalOfProfessionals(criteria) : refusalOfOrganisations(criteria)
  return refusalOfPaging(paging) ?? refusal
}

function findFor(register: Register, { operation, criteria, paging }: SoapRequest): XmlNode[] {
  const { offset, maxElements } = paging ?? { offset: 0, maxElements: 1 }
  switch (operation) {
    case 'SearchProfessionals':
      return register.find(criteria, offset, maxElements).map(writeProfessional)
    case 'GetProfessionalContactInfo':
      return register.find(criteria, 0, 1).map(writeContact)
    case 'SearchOrganizations':
      return findOrganisations(register, criteria)
        .slice(offset, offset + maxElements)
        .map(writeOrganisation)
    case 'GetOrganizationContactInfo':
      return findOrganisations(register, criteria).slice(0, 1).map(writeOrganisationContact)
  }
}

function findOrganisations(register: Register, criteria: SoapRequest['criteria']): Organisation[] {
  const isNamed = createGlob(criteria.institutionName ?? '*')
  return register.organisations.filter(({ name, cdHcparty, nihii8, cbe, location }) => {
    if (criteria.ehp !== undefined) return false
    if (criteria.nihii !== undefined && criteria.nihii.slice(0, 8) !== nihii8) return false
    if (criteria.cbe !== undefined && criteria.cbe !== cbe) return false
    if (criteria.institutionType !== undefined && criteria.institutionType !== cdHcparty) return false
    if (criteria.zipCode !== undefined && criteria.zipCode !== location.postcode) return false
    const cities = [location.nl, location.fr, location.de ?? '']
    if (criteria.city !== undefined && !cities.map(fold).includes(fold(criteria.city))) return false
    return isNamed(fold(name))
  })
}
