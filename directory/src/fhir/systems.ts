/**
 * The URIs by which FHIR names identifier systems and code systems. Sources: HL7 Belgium core (NamingSystems, the
 * cd-hcparty CodeSystem), Annuaire Santé for France, HL7 terminology. Not concerned with resources.
 */

const BELGIUM = 'https://www.ehealth.fgov.be/standards/fhir/core'

export const identifierSystems = {
  /** Read in a search; written for people since the professional one is a kind of it. */
  nihdi: `${BELGIUM}/NamingSystem/nihdi`,
  nihdiProfessional: `${BELGIUM}/NamingSystem/nihdi-professional`,
  nihdiOrganization: `${BELGIUM}/NamingSystem/nihdi-organization`,
  cbe: `${BELGIUM}/NamingSystem/cbe`,
  ehp: `${BELGIUM}/NamingSystem/ehp`,
  /** Known so that a search by it is refused by name: it never leaves, and nobody is found by it. */
  ssin: `${BELGIUM}/NamingSystem/ssin`,
  rpps: 'https://rpps.esante.gouv.fr',
  finess: 'https://finess.esante.gouv.fr',
} as const

export const codeSystems = {
  cdHcparty: `${BELGIUM}/CodeSystem/cd-hcparty`,
  endpointPayload: 'http://terminology.hl7.org/CodeSystem/endpoint-payload-type',
  locale: 'urn:ietf:bcp:47',
  issueDetails: 'http://terminology.hl7.org/CodeSystem/operation-outcome',
} as const

/** Ours: HL7's list of connection types has no messenger. */
export const MESSENGER_SYSTEM = 'urn:pli:endpoint-connection-type'
export const MESSENGER_CODE = 'pli'

/** Which language a repeated address is in. */
export const LANGUAGE_EXTENSION = 'http://hl7.org/fhir/StructureDefinition/language'
