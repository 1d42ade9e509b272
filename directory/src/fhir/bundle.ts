/** A page of what was found, as FHIR's searchset. Source: Bundle, R4. Not concerned with finding. */
import { type OperationOutcome, toOutcome } from './outcome.ts'
import { type FhirSearch, type PagePosition, writePage } from './read-search.ts'
import type { Resource } from './resources.ts'

export interface Found {
  matches: Resource[]
  included: Resource[]
  next: PagePosition | undefined
  /** there are more than can be paged to */
  isCutOff?: boolean
}

interface BundleEntry {
  fullUrl?: string
  resource: Resource | OperationOutcome
  search: { mode: 'match' | 'include' | 'outcome' }
}

export interface Bundle {
  resourceType: 'Bundle'
  type: 'searchset'
  timestamp: string
  /** only where this page is all there is: roles are counted as they are read */
  total?: number
  link: { relation: 'self' | 'next'; url: string }[]
  entry?: BundleEntry[]
}

const CUT_OFF = 'More answer than can be paged to: narrow the search.'

/** @param baseUrl without a slash at the end */
export function toBundle(search: FhirSearch, found: Found, baseUrl: string, nowMs: number): Bundle {
  const { matches, included, next, isCutOff = false } = found
  const isWhole = next === undefined && !isCutOff && search.page.offset === 0 && search.page.skip === 0
  const entry: BundleEntry[] = [
    ...matches.map((resource) => toEntry(resource, 'match', baseUrl)),
    ...included.map((resource) => toEntry(resource, 'include', baseUrl)),
    ...outcomesOf(search),
    ...(isCutOff ? [toWarning('too-costly', CUT_OFF)] : []),
  ]
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    timestamp: new Date(nowMs).toISOString(),
    ...(isWhole ? { total: matches.length } : {}),
    link: [
      { relation: 'self', url: linkOf(search, search.page, baseUrl) },
      ...(next === undefined ? [] : [{ relation: 'next' as const, url: linkOf(search, next, baseUrl) }]),
    ],
    // FHIR allows no empty list.
    ...(entry.length === 0 ? {} : { entry }),
  }
}

function toEntry(resource: Resource, mode: 'match' | 'include', baseUrl: string): BundleEntry {
  return { fullUrl: `${baseUrl}/${resource.resourceType}/${resource.id}`, resource, search: { mode } }
}

function outcomesOf({ ignored, type }: FhirSearch): BundleEntry[] {
  if (ignored.count === 0) return []
  const names = ignored.names.join(', ')
  const text = `Left out, for a search for ${type} does not know it here: ${names || 'what was sent'}.`
  return [toWarning('not-supported', text)]
}

function toWarning(code: 'not-supported' | 'too-costly', text: string): BundleEntry {
  return { resource: toOutcome('warning', code, text), search: { mode: 'outcome' } }
}

function linkOf({ type, given }: FhirSearch, page: PagePosition, baseUrl: string): string {
  const isFirst = page.offset === 0 && page.skip === 0
  const query = new URLSearchParams(given)
  if (!isFirst) query.set('_page', writePage(page))
  return `${baseUrl}/${type}?${query}`
}
