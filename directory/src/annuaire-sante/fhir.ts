// Asking the Annuaire Santé's FHIR interface: pages of a search, by their `next` links.
// Source: FHIR R4 search; the key goes into `ESANTE-API-KEY`. Not concerned with what the resources mean.

import { z } from 'zod'
import { refuseStatus, textReader, type Wire } from '../cobrha/wire/http-wire.ts'
import { type RetryOptions, withRetries } from '../cobrha/wire/retry.ts'
import { DirectoryError } from '../errors.ts'

export interface FhirConnection {
  readonly wire: Wire
  /** ends with a slash */
  readonly base: URL
  readonly apiKey: string | undefined
  readonly retry: Omit<RetryOptions, 'signal'>
}

const coding = z.object({
  system: z.string().optional(),
  code: z.string().optional(),
  display: z.string().optional(),
})
const concept = z.object({ coding: z.array(coding).default([]) })
const reference = z.object({ reference: z.string().optional() })
const identifier = z.object({ system: z.string().optional(), value: z.string().optional() })
const extension = z.object({ valueCoding: coding.optional() })
const address = z.object({
  city: z.string().optional(),
  postalCode: z.string().optional(),
  extension: z.array(extension).default([]),
})

const practitioner = z.object({
  resourceType: z.literal('Practitioner'),
  id: z.string(),
  active: z.boolean().default(true),
  identifier: z.array(identifier).default([]),
  name: z
    .array(z.object({ family: z.string().optional(), given: z.array(z.string()).default([]) }))
    .default([]),
  qualification: z.array(z.object({ code: concept })).default([]),
})
const practitionerRole = z.object({
  resourceType: z.literal('PractitionerRole'),
  id: z.string(),
  active: z.boolean().default(true),
  practitioner: reference.optional(),
  organization: reference.optional(),
  code: z.array(concept).default([]),
  specialty: z.array(concept).default([]),
})
const organization = z.object({
  resourceType: z.literal('Organization'),
  id: z.string(),
  identifier: z.array(identifier).default([]),
  name: z.string().optional(),
  address: z.array(address).default([]),
})

export type Practitioner = z.output<typeof practitioner>
export type PractitionerRole = z.output<typeof practitionerRole>
export type Organization = z.output<typeof organization>

const bundle = z.object({
  resourceType: z.literal('Bundle'),
  link: z.array(z.object({ relation: z.string(), url: z.string() })).default([]),
  entry: z.array(z.object({ resource: z.unknown() })).default([]),
})

export interface Page {
  readonly practitioners: Practitioner[]
  readonly roles: PractitionerRole[]
  readonly organizations: Organization[]
}

const PAGE_BYTES_AT_MOST = 16 * 1024 * 1024
const PAGES_AT_MOST = 100_000

/** @throws DirectoryError `source-*` */
export async function* searchPages(
  connection: FhirConnection,
  query: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Page, void, undefined> {
  let url: URL | undefined = new URL(query, connection.base)
  for (let pages = 0; url !== undefined; pages += 1) {
    if (pages >= PAGES_AT_MOST) throw malformed('The pages of a search have no end.')
    const answer: z.output<typeof bundle> = await getBundle(connection, url, signal)
    yield sortResources(answer.entry.map(({ resource }) => resource))
    const next = answer.link.find(({ relation }) => relation === 'next')?.url
    url = next === undefined ? undefined : sameOrigin(next, url)
  }
}

/** The key goes with every request: to nobody else than whom we asked. */
function sameOrigin(next: string, current: URL): URL {
  const url = URL.canParse(next, current.href) ? new URL(next, current.href) : undefined
  if (url?.origin !== current.origin) throw malformed('A page’s link leads elsewhere.')
  return url
}

async function getBundle({ wire, apiKey, retry }: FhirConnection, url: URL, signal: AbortSignal | undefined) {
  const headers = {
    Accept: 'application/fhir+json',
    ...(apiKey === undefined ? {} : { 'ESANTE-API-KEY': apiKey }),
  }
  const exchange = () =>
    wire.exchange({ method: 'GET', url, headers, signal }, (status) => {
      refuseStatus(status)
      return textReader(PAGE_BYTES_AT_MOST)
    })
  const text = await withRetries(exchange, { ...retry, signal })
  try {
    return bundle.parse(JSON.parse(text))
  } catch {
    throw malformed('The answer is no bundle.')
  }
}

/** Resources of other kinds, an OperationOutcome for one, are passed over. */
function sortResources(resources: readonly unknown[]): Page {
  const page: Page = { practitioners: [], roles: [], organizations: [] }
  for (const resource of resources) {
    const kind = z.object({ resourceType: z.string() }).safeParse(resource).data?.resourceType
    if (kind === 'Practitioner') page.practitioners.push(parse(practitioner, resource))
    if (kind === 'PractitionerRole') page.roles.push(parse(practitionerRole, resource))
    if (kind === 'Organization') page.organizations.push(parse(organization, resource))
  }
  return page
}

function parse<T>(schema: z.ZodType<T>, resource: unknown): T {
  const parsed = schema.safeParse(resource)
  if (!parsed.success) throw malformed('A resource does not have the fields that were agreed.')
  return parsed.data
}

function malformed(why: string): DirectoryError {
  return new DirectoryError('source-malformed', why)
}
