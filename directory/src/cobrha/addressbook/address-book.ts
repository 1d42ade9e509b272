// The AddressBook: searching professionals and organisations, and where one of them can be reached.
// Source: AddressBook v1 over SOAP 1.1. Questions it would refuse are refused here, before anybody's name travels.
// Not concerned with the search that clinicians use: name and place together cannot be asked here at all.

import { randomUUID } from 'node:crypto'
import { DirectoryError } from '../../errors.ts'
import { computeSsinHmac } from '../../identifiers/ssin-lookup.ts'
import type { SamlTokenProvider } from '../wire/connection.ts'
import { createWire, refuseStatus, type Wire, type WireOptions } from '../wire/http-wire.ts'
import { type RetryOptions, withRetries } from '../wire/retry.ts'
import { createXmlReader, type XmlElement } from '../xml/read-xml.ts'
import type { XmlNode } from '../xml/write-xml.ts'
import type {
  AddressBookOrganisation,
  AddressBookProfessional,
  OrganisationContact,
  ProfessionalContact,
} from './answers.ts'
import {
  MAX_ELEMENTS,
  type OrganisationCriteria,
  type Paging,
  type ProfessionalCriteria,
  refusalOfIdentifiers,
  refusalOfOrganisations,
  refusalOfPaging,
  refusalOfProfessionals,
  refuse,
} from './criteria.ts'
import { type Operation, soapActionOf } from './namespaces.ts'
import { withoutCriteria } from './operator-detail.ts'
import { eachOfAllPages } from './pages.ts'
import {
  openResponse,
  readOrganisationContact,
  readOrganisations,
  readProfessionalContact,
  readProfessionals,
} from './read-response.ts'
import { readProofKey } from './sign-message.ts'
import { openEnvelope, type SecurityToken, writeEnvelope } from './soap.ts'
import {
  type OrganisationIdentifier,
  type ProfessionalIdentifier,
  type RequestHead,
  writeContactRequest,
  writeOrganisationSearch,
  writeProfessionalSearch,
} from './write-request.ts'

export interface AddressBookOptions extends WireOptions, Omit<RetryOptions, 'signal'> {
  /** of the service, with its path: `https://…/AddressBook/v1` */
  readonly url: string
  /** 32 bytes or more: the SSINs of answers are handed out as look-up values under this key */
  readonly ssinKey: Uint8Array
  readonly samlToken?: SamlTokenProvider
  /** PEM, RSA or ECDSA: the key that holder-of-key tokens are bound to. Messages are signed with it */
  readonly proofKey?: string
}

export interface Asking {
  readonly signal?: AbortSignal
}

/** Everything here throws DirectoryError `criteria-*` (nothing was sent) or `source-*`. */
export interface AddressBook {
  searchProfessionals(
    criteria: ProfessionalCriteria,
    paging?: Paging,
    asking?: Asking,
  ): Promise<AddressBookProfessional[]>
  searchOrganisations(
    criteria: OrganisationCriteria,
    paging?: Paging,
    asking?: Asking,
  ): Promise<AddressBookOrganisation[]>
  /** Page after page, up to 10,000: beyond that the question was too wide (`source-too-large`). */
  allProfessionals(criteria: ProfessionalCriteria, asking?: Asking): AsyncIterable<AddressBookProfessional>
  allOrganisations(criteria: OrganisationCriteria, asking?: Asking): AsyncIterable<AddressBookOrganisation>
  /** Addresses and eHealthBoxes; undefined if nobody has this number. */
  professionalContact(who: ProfessionalIdentifier, asking?: Asking): Promise<ProfessionalContact | undefined>
  organisationContact(
    which: OrganisationIdentifier,
    asking?: Asking,
  ): Promise<OrganisationContact | undefined>
  close(): void
}

const FIRST_PAGE: Paging = { offset: 0, maxElements: MAX_ELEMENTS }

/** @throws DirectoryError `source-unauthorised` if the proof key cannot be used */
export function createAddressBook(options: AddressBookOptions): AddressBook {
  const wire = createWire(options)
  const proofKey = options.proofKey === undefined ? undefined : readProofKey(options.proofKey)
  const provide = async (): Promise<SecurityToken | undefined> =>
    options.samlToken && { assertion: await options.samlToken(), proofKey }
  const lookUp = (ssin: string): string => computeSsinHmac(options.ssinKey, ssin)
  const ask = (
    operation: Operation,
    criteria: object,
    write: (head: RequestHead) => XmlNode,
    asking: Asking | undefined,
  ): Promise<XmlElement> =>
    withRetries(
      () => askOnce(wire, options.url, { operation, criteria, write, provide, signal: asking?.signal }),
      {
        ...options,
        signal: asking?.signal,
      },
    )

  const book: AddressBook = {
    async searchProfessionals(criteria, paging = FIRST_PAGE, asking) {
      refuse(refusalOfPaging(paging) ?? refusalOfProfessionals(criteria))
      const write = (head: RequestHead): XmlNode => writeProfessionalSearch(head, criteria, paging)
      const response = await ask('SearchProfessionals', criteria, write, asking)
      return fitting(readProfessionals(response, lookUp), paging)
    },
    async searchOrganisations(criteria, paging = FIRST_PAGE, asking) {
      refuse(refusalOfPaging(paging) ?? refusalOfOrganisations(criteria))
      const write = (head: RequestHead): XmlNode => writeOrganisationSearch(head, criteria, paging)
      const response = await ask('SearchOrganizations', criteria, write, asking)
      return fitting(readOrganisations(response), paging)
    },
    allProfessionals: (criteria, asking) =>
      eachOfAllPages((paging) => book.searchProfessionals(criteria, paging, asking)),
    allOrganisations: (criteria, asking) =>
      eachOfAllPages((paging) => book.searchOrganisations(criteria, paging, asking)),
    async professionalContact(who, asking) {
      refuse(refusalOfIdentifiers(who))
      const write = (head: RequestHead): XmlNode =>
        writeContactRequest('GetProfessionalContactInfo', head, who)
      return readProfessionalContact(await ask('GetProfessionalContactInfo', who, write, asking), lookUp)
    },
    async organisationContact(which, asking) {
      refuse(refusalOfIdentifiers(which))
      const write = (head: RequestHead): XmlNode =>
        writeContactRequest('GetOrganizationContactInfo', head, which)
      return readOrganisationContact(await ask('GetOrganizationContactInfo', which, write, asking))
    },
    close: () => wire.close(),
  }
  return book
}

interface Question {
  readonly operation: Operation
  readonly criteria: object
  readonly write: (head: RequestHead) => XmlNode
  readonly provide: () => Promise<SecurityToken | undefined>
  readonly signal: AbortSignal | undefined
}

async function askOnce(
  wire: Wire,
  url: string,
  { operation, criteria, write, provide, signal }: Question,
): Promise<XmlElement> {
  const head = { id: `_${randomUUID()}`, issuedAtMs: Date.now() }
  const body = writeEnvelope(write(head), await provide(), head.issuedAtMs)
  const headers = {
    'Content-Type': 'text/xml; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(body)),
    SOAPAction: `"${soapActionOf(operation)}"`,
  }
  try {
    const root = await wire.exchange(
      { method: 'POST', url: new URL(url), headers, body, signal },
      (status) => {
        // SOAP sends its faults with status 500: those have a body worth reading.
        if (status !== 200 && status !== 500) refuseStatus(status)
        return status === 500 ? faultReader() : createXmlReader()
      },
    )
    return openResponse(openEnvelope(root), operation, head.id)
  } catch (error) {
    throw withoutCriteria(error, criteria)
  }
}

/** A 500 without a readable fault in it is a service that is away. */
function faultReader(): ReturnType<typeof createXmlReader> {
  const reader = createXmlReader()
  const orAway = <T>(work: () => T): T => {
    try {
      return work()
    } catch {
      throw new DirectoryError('source-unavailable', 'The service answered with status 500.')
    }
  }
  return { write: (bytes) => orAway(() => reader.write(bytes)), end: () => orAway(() => reader.end()) }
}

function fitting<T>(page: T[], { maxElements }: Paging): T[] {
  if (page.length <= maxElements) return page
  throw new DirectoryError('source-malformed', 'The page has more elements than were asked for.')
}
