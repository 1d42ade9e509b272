// The directory in memory: people and roles, searched by name, place, profession and identifier. Made anew from a
// whole snapshot and swapped in; it does not change.
// Not concerned with where people come from, nor with who may search.

import { DirectoryError } from '../errors.ts'
import type { Location, Person } from '../model.ts'
import { type CandidateSet, createCandidateSet, type Found } from './candidates.ts'
import { findByIdentifier, looksLikeIdentifier } from './find-by-identifier.ts'
import { findLocation, findLocations, type LocationQuery } from './find-locations.ts'
import { findOrganisations } from './find-organisations.ts'
import { efforts, interpret, type Reading } from './interpret.ts'
import { matchReading } from './match-names.ts'
import { createPeopleIndexBuilder, type PeopleIndex } from './people-index.ts'
import type {
  MarkedPeople,
  OrganisationQuery,
  OrganisationResult,
  SearchOptions,
  SearchQuery,
  SearchResult,
} from './query.ts'
import { rankPage } from './rank.ts'
import { buildRow } from './rows.ts'

export interface DirectoryIndex {
  readonly personCount: number
  /** @throws DirectoryError `query-too-long`, `paging-out-of-range` */
  search(query: SearchQuery, options: SearchOptions): SearchResult
  person(personId: string): Person | undefined
  /** @param hmac see `computeSsinHmac` */
  bySsinHmac(hmac: string): Person | undefined
  /** @param nihii8 eight digits; undefined too if the source gives them to several people */
  byNihii8(nihii8: string): Person | undefined
  /** By name. @throws DirectoryError as `search` does */
  organisations(query: OrganisationQuery, options: SearchOptions): OrganisationResult
  /** One for each postcode, at most 100. */
  locations(query: LocationQuery): Location[]
  location(nsi: string, postcode: string): Location | undefined
  /** For `SearchOptions.reachable` of this index; ids that it does not know are left out. */
  mark(personIds: Iterable<string>): MarkedPeople
  setMarks(marked: MarkedPeople, personIds: Iterable<string>, isMarked: boolean): void
}

export const MAX_QUERY_CHARACTERS = 120
export const MAX_LIMIT = 100
export const MAX_OFFSET = 10_000

interface Parts {
  readonly index: PeopleIndex
  readonly candidates: CandidateSet
  /** marked while a page is ranked, and empty again after it */
  readonly near: Uint8Array
  readonly nowMs: number
}

export interface DirectoryIndexBuilder {
  add(person: Person): void
  /** of those added so far */
  readonly roleCount: number
  /** @throws DirectoryError `duplicate-person` */
  finish(): DirectoryIndex
}

/**
 * An index made of people as they are read, none of whom is kept as an object.
 * @param nowMs when roles must be valid; a directory is made anew at least daily, so this is its own age
 */
export function createDirectoryIndexBuilder(nowMs: number = Date.now()): DirectoryIndexBuilder {
  const builder = createPeopleIndexBuilder(nowMs)
  return {
    add: builder.add,
    get roleCount() {
      return builder.roleCount
    },
    finish: () => openIndex(builder.finish(), nowMs),
  }
}

/** @throws DirectoryError `duplicate-person` */
export function createDirectoryIndex(people: Iterable<Person>, nowMs: number = Date.now()): DirectoryIndex {
  const builder = createDirectoryIndexBuilder(nowMs)
  for (const person of people) builder.add(person)
  return builder.finish()
}

function openIndex(index: PeopleIndex, nowMs: number): DirectoryIndex {
  const parts: Parts = {
    index,
    candidates: createCandidateSet(index.count),
    near: new Uint8Array(index.count),
    nowMs,
  }
  const personAt = (ordinal: number) => (ordinal < 0 ? undefined : index.personAt(ordinal))
  return {
    personCount: index.count,
    search: (query, options) => search(parts, query, options),
    person: (personId) => personAt(index.ordinalOfId(personId)),
    bySsinHmac: (hmac) => personAt(index.ordinalOfSsinHmac(hmac)),
    byNihii8(nihii8) {
      const bearers = index.identifiers.byNihii8(nihii8)
      return bearers.length === 1 ? personAt(bearers[0] ?? -1) : undefined
    },
    organisations(query, options) {
      refuseOutOfBounds(query, options)
      return findOrganisations(index, query, options)
    },
    locations: (query) => findLocations(index, query),
    location: (nsi, postcode) => findLocation(index, nsi, postcode),
    mark(personIds) {
      const marked = { marks: new Uint8Array(index.count) }
      setMarks(index, marked, personIds, true)
      return marked
    },
    setMarks: (marked, personIds, isMarked) => setMarks(index, marked, personIds, isMarked),
  }
}

function setMarks(
  index: PeopleIndex,
  { marks }: MarkedPeople,
  personIds: Iterable<string>,
  isMarked: boolean,
): void {
  for (const personId of personIds) {
    const ordinal = index.ordinalOfId(personId)
    if (ordinal >= 0) marks[ordinal] = isMarked ? 1 : 0
  }
}

function search(parts: Parts, query: SearchQuery, options: SearchOptions): SearchResult {
  refuseOutOfBounds(query, options)
  const typedIdentifier =
    query.identifier?.trim() || (looksLikeIdentifier(query.text ?? '') ? query.text : undefined)
  if (typedIdentifier !== undefined) return searchByIdentifier(parts, typedIdentifier, options)
  let readings: Reading[] = []
  for (const effort of efforts) {
    readings = interpret(query, parts.index.places, effort)
    const result = searchReadings(parts, readings, options)
    if (result.total > 0) return result
  }
  return { rows: [], total: 0, ...countElsewhere(parts, readings) }
}

function refuseOutOfBounds(query: SearchQuery | OrganisationQuery, options: SearchOptions): void {
  for (const typed of Object.values(query)) {
    if (typed !== undefined && typed.length > MAX_QUERY_CHARACTERS) {
      throw new DirectoryError('query-too-long', `A search has ${MAX_QUERY_CHARACTERS} characters at most.`)
    }
  }
  const { limit, offset } = options
  const isPage = Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT && Number.isInteger(offset)
  if (!isPage || offset < 0 || offset > MAX_OFFSET) {
    throw new DirectoryError(
      'paging-out-of-range',
      `A page has 1 to ${MAX_LIMIT} rows and starts within ${MAX_OFFSET}.`,
    )
  }
}

function searchByIdentifier(parts: Parts, typed: string, options: SearchOptions): SearchResult {
  const { ordinals, refusal } = findByIdentifier(parts.index, typed)
  for (const ordinal of ordinals) parts.candidates.add(ordinal, 'identifier', false, 0, 0)
  const result = answer(parts, [], options)
  return refusal === undefined ? result : { ...result, refusal }
}

function searchReadings(parts: Parts, readings: readonly Reading[], options: SearchOptions): SearchResult {
  readings.forEach((reading, number) => {
    matchReading(parts.index, reading, number, parts.candidates)
  })
  return answer(parts, readings, options)
}

function answer(parts: Parts, readings: readonly Reading[], options: SearchOptions): SearchResult {
  const { index, candidates, nowMs } = parts
  const { nearNsi, reachable } = options
  const found = options.onlyReachable ? onlyMarked(candidates.take(), reachable) : candidates.take()
  const neighbours = nearNsi === undefined ? new Uint32Array() : peopleOfPlace(index, nearNsi)
  for (const ordinal of neighbours) parts.near[ordinal] = 1
  const page = rankPage(found, {
    offset: options.offset,
    limit: options.limit,
    near: parts.near,
    reachable: reachable?.marks,
  })
  for (const ordinal of neighbours) parts.near[ordinal] = 0
  const rows = page.map(({ ordinal, kind, reading }) =>
    buildRow(index.personAt(ordinal), kind, readings[reading], { nowMs, nearNsi }),
  )
  return { rows, total: found.ordinals.length }
}

function onlyMarked({ ordinals, grades, readings }: Found, marked: MarkedPeople | undefined): Found {
  const isMarked = (_: number, at: number) => marked?.marks[ordinals[at] ?? 0] === 1
  return {
    ordinals: ordinals.filter(isMarked),
    grades: grades.filter(isMarked),
    readings: readings.filter(isMarked),
  }
}

function peopleOfPlace({ roles }: PeopleIndex, nsi: string): Uint32Array {
  const at = roles.nsis.indexOf(nsi)
  return at < 0 ? new Uint32Array() : roles.placePeople.of(at + 1)
}

/** Nobody there: would the same names be found without the place? */
function countElsewhere(parts: Parts, readings: readonly Reading[]): { elsewhere?: number } {
  const anywhere = readings.flatMap(({ nsis, around: _, ...reading }) => {
    const hasName = reading.last !== '' || reading.first !== ''
    return nsis !== undefined && hasName ? [reading] : []
  })
  anywhere.forEach((reading, number) => {
    matchReading(parts.index, reading, number, parts.candidates)
  })
  const elsewhere = parts.candidates.take().ordinals.length
  return elsewhere === 0 ? {} : { elsewhere }
}
