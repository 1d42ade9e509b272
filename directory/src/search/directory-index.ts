// The directory in memory: people and roles, searched by name, place, profession and identifier. Made anew from a
// whole snapshot and swapped in; it does not change.
// Not concerned with where people come from, nor with who may search.

import { DirectoryError } from '../errors.ts'
import type { Person } from '../model.ts'
import { belgianPlaces } from '../names/places.ts'
import { type CandidateSet, createCandidateSet } from './candidates.ts'
import {
  findByIdentifier,
  type IdentifierIndex,
  indexIdentifiers,
  looksLikeIdentifier,
} from './identifiers.ts'
import { interpret, type Reading } from './interpret.ts'
import { matchReading } from './match-names.ts'
import { indexPeople, type PeopleIndex } from './people-index.ts'
import type { SearchOptions, SearchQuery, SearchResult } from './query.ts'
import { rankPage } from './rank.ts'
import { createRoleFilter } from './role-filter.ts'
import { buildRow } from './rows.ts'

export interface DirectoryIndex {
  /** @throws DirectoryError `query-too-long`, `paging-out-of-range` */
  search(query: SearchQuery, options: SearchOptions): SearchResult
  person(personId: string): Person | undefined
  /** @param hmac see `computeSsinHmac` */
  bySsinHmac(hmac: string): Person | undefined
  /** @param nihii8 eight digits; undefined too if the source gives them to several people */
  byNihii8(nihii8: string): Person | undefined
}

export const MAX_QUERY_CHARACTERS = 120
export const MAX_LIMIT = 100
export const MAX_OFFSET = 10_000

interface Parts {
  readonly index: PeopleIndex
  readonly identifiers: IdentifierIndex
  readonly candidates: CandidateSet
  readonly nowMs: number
}

/**
 * @param nowMs when roles must be valid; a directory is made anew at least daily, so this is its own age
 * @throws DirectoryError `duplicate-person`
 */
export function createDirectoryIndex(people: readonly Person[], nowMs: number = Date.now()): DirectoryIndex {
  const index = indexPeople(people, nowMs)
  const identifiers = indexIdentifiers(index.people)
  const parts: Parts = { index, identifiers, candidates: createCandidateSet(people.length), nowMs }
  const personOfHmac = new Map<string, Person>()
  for (const person of index.people)
    if (person.ssinHmac !== undefined) personOfHmac.set(person.ssinHmac, person)
  return {
    search: (query, options) => search(parts, query, options),
    person: (personId) => index.people[index.ordinalOf.get(personId) ?? -1],
    bySsinHmac: (hmac) => personOfHmac.get(hmac),
    byNihii8(nihii8) {
      const bearers = identifiers.byNihii8(nihii8)
      return bearers.length === 1 ? index.people[bearers[0] ?? -1] : undefined
    },
  }
}

function search(parts: Parts, query: SearchQuery, options: SearchOptions): SearchResult {
  refuseOutOfBounds(query, options)
  const typedIdentifier =
    query.identifier?.trim() || (looksLikeIdentifier(query.text ?? '') ? query.text : undefined)
  if (typedIdentifier !== undefined) return searchByIdentifier(parts, typedIdentifier, options)
  const readings = interpret(query, belgianPlaces(), false)
  const result = searchReadings(parts, readings, options)
  if (result.total > 0) return result
  const secondThoughts = interpret(query, belgianPlaces(), true)
  const secondResult = searchReadings(parts, secondThoughts, options)
  return secondResult.total > 0 ? secondResult : { ...result, ...countElsewhere(parts, secondThoughts) }
}

function refuseOutOfBounds(query: SearchQuery, options: SearchOptions): void {
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
  const { people } = parts.index
  const { ordinals, refusal } = findByIdentifier(parts.identifiers, people, typed)
  for (const ordinal of ordinals) parts.candidates.add(ordinal, 'identifier', 0, 0)
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
  const found = candidates.take()
  const isNear = nearNsi === undefined ? () => false : createRoleFilter(index, { nsis: new Set([nearNsi]) })
  const page = rankPage(found, {
    offset: options.offset,
    limit: options.limit,
    isSamePlace: isNear,
    isReachable: (ordinal) => reachable?.(index.people[ordinal]?.personId ?? '') === true,
  })
  const rows = page.flatMap(({ ordinal, kind, reading }) => {
    const person = index.people[ordinal]
    return person === undefined ? [] : buildRow(person, kind, readings[reading], { nowMs, nearNsi })
  })
  return { rows, total: found.ordinals.length }
}

/** Nobody there: would the same names be found without the place? */
function countElsewhere(parts: Parts, readings: readonly Reading[]): { elsewhere?: number } {
  const anywhere = readings.flatMap(({ nsis, ...reading }) => {
    const hasName = reading.last !== '' || reading.first !== ''
    return nsis !== undefined && hasName ? [reading] : []
  })
  anywhere.forEach((reading, number) => {
    matchReading(parts.index, reading, number, parts.candidates)
  })
  const elsewhere = parts.candidates.take().ordinals.length
  return elsewhere === 0 ? {} : { elsewhere }
}
