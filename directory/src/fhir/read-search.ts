/**
 * Purpose: a search as it comes in a query string, read against the table of parameters. What is not known is left out
 * and said, or under `Prefer: handling=strict` refused; what is known and malformed is always refused.
 * Source: FHIR R4, Search. Not concerned with finding. No refusal repeats a value.
 */
import { MAX_OFFSET } from '../search/directory-index.ts'
import { type FhirRefusal, refuse } from './outcome.ts'
import type { ResourceType } from './resources.ts'
import {
  type Criterion,
  type Include,
  includes,
  MAX_COUNT,
  searchParameters,
  USUAL_COUNT,
} from './search-parameters.ts'
import { identifierSystems } from './systems.ts'

/** Where a page begins: people come in batches, and a person has several roles. */
export interface PagePosition {
  /** of the batch: a multiple of its size */
  offset: number
  /** what the pages before have had of that batch */
  skip: number
}

export interface FhirSearch {
  type: ResourceType
  criteria: Partial<Record<Criterion, string>>
  count: number
  page: PagePosition
  include: ReadonlySet<Include>
  /** what was understood, for the links of the answer */
  given: [name: string, value: string][]
  /** how many parameters were left out, and the names of those that look like names */
  ignored: { count: number; names: string[] }
}

const MAX_PARAMETERS = 30
const MAX_NAME_CHARACTERS = 64
const MAX_VALUE_CHARACTERS = 256
/** Said of a page, not of what is looked for. */
const CONTROLS = new Set(['_count', '_page', '_include', '_format'])

type Reading = { search: FhirSearch } | { refusal: FhirRefusal }

export function readSearch(
  type: ResourceType,
  sent: Iterable<readonly [name: string, value: string]>,
  { isStrict }: { isStrict: boolean },
): Reading {
  const search: FhirSearch = {
    type,
    criteria: {},
    count: USUAL_COUNT,
    page: { offset: 0, skip: 0 },
    include: new Set(),
    given: [],
    ignored: { count: 0, names: [] },
  }
  const all = [...sent]
  if (all.length > MAX_PARAMETERS)
    return refuse(400, 'too-costly', `A search has ${MAX_PARAMETERS} parameters at most.`)
  for (const [name, value] of all) {
    // FHIR: a parameter without a value is as if it had not been sent.
    if (value === '') continue
    const refusal = CONTROLS.has(name) ? readControl(search, name, value) : readCriterion(search, name, value)
    if (refusal !== undefined) return { refusal }
  }
  if (isStrict && search.ignored.count > 0) {
    const names = search.ignored.names.join(', ')
    return refuse(
      400,
      'not-supported',
      `Not a parameter of a search for ${type} here: ${names || 'what was sent'}.`,
    )
  }
  return { search }
}

function readControl(search: FhirSearch, name: string, value: string): FhirRefusal | undefined {
  if (name === '_format') return undefined
  if (name === '_count') {
    const count = /^\d{1,4}$/.test(value) ? Number(value) : 0
    if (count < 1) return refuse(400, 'invalid', `_count is 1 to ${MAX_COUNT}.`).refusal
    // FHIR: a server may give fewer than were asked for.
    search.count = Math.min(count, MAX_COUNT)
  } else if (name === '_page') {
    const page = readPage(value)
    if (page === undefined)
      return refuse(400, 'invalid', '_page is what link[next] of an answer said.').refusal
    search.page = page
    return undefined
  } else {
    const named = includesOf(search.type, value)
    if (named === undefined) {
      ignore(search, '_include')
      return undefined
    }
    search.include = new Set([...search.include, ...named])
  }
  search.given.push([name, value])
  return undefined
}

function readPage(value: string): PagePosition | undefined {
  const [, offset, skip] = /^(\d{1,5})\.(\d{1,5})$/.exec(value) ?? []
  if (offset === undefined || skip === undefined || Number(offset) > MAX_OFFSET) return undefined
  return { offset: Number(offset), skip: Number(skip) }
}

export function writePage({ offset, skip }: PagePosition): string {
  return `${offset}.${skip}`
}

/** `PractitionerRole:practitioner`, or `PractitionerRole:*`; undefined for what leads nowhere from here. */
function includesOf(type: ResourceType, value: string): readonly Include[] | undefined {
  const [from, name] = value.split(':')
  if (type !== 'PractitionerRole' || from !== type) return undefined
  if (name === '*') return includes
  return includes.filter((one) => one === name).length === 1 ? [name as Include] : undefined
}

function readCriterion(search: FhirSearch, name: string, value: string): FhirRefusal | undefined {
  const known = searchParameters[search.type].find((one) => one.name === name)
  if (known === undefined) {
    const base = name.split(':')[0] ?? ''
    if (base !== name && searchParameters[search.type].some((one) => one.name === base)) {
      return refuse(400, 'not-supported', `${base} takes no modifier here.`).refusal
    }
    ignore(search, name)
    return undefined
  }
  if (search.criteria[known.criterion] !== undefined) {
    return refuse(400, 'not-supported', `${name}, or what means the same, is given twice.`).refusal
  }
  const problem = problemOf(known.type, known.criterion, value)
  if (problem !== undefined) return problem.refusal
  search.criteria[known.criterion] = value.replaceAll(/\\([,|$\\])/g, '$1')
  search.given.push([name, value])
  return undefined
}

function problemOf(type: string, criterion: Criterion, value: string): { refusal: FhirRefusal } | undefined {
  if (value.length > MAX_VALUE_CHARACTERS || value.includes('\0'))
    return refuse(400, 'invalid', 'A value is too long or no text.')
  if (/(^|[^\\]),/.test(value))
    return refuse(400, 'not-supported', 'Alternatives (with a comma) are not searched for.')
  if (type === 'token' && value.startsWith(`${identifierSystems.ssin}|`)) return refuseSsin()
  const isTruth = criterion === 'isPractising' || criterion === 'isRoleActive'
  if (isTruth && !/^(true|false)$/.test(value)) return refuse(400, 'invalid', 'active is true or false.')
  if (criterion === 'postalCode' && !/^\d{4,5}$/.test(value)) {
    return refuse(400, 'invalid', 'A postcode is searched for whole.')
  }
  return undefined
}

export function refuseSsin() {
  return refuse(403, 'security', 'People are not searched for by their national number.')
}

function ignore({ ignored }: FhirSearch, name: string): void {
  ignored.count++
  if (name.length <= MAX_NAME_CHARACTERS && /^[A-Za-z_][A-Za-z._-]*$/.test(name)) ignored.names.push(name)
}
