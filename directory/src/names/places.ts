// Belgian places: what people type (a postcode, a name in any language, an older or shorter name) → NSI codes of
// municipalities. Source: the tables in data/, through place-tables.ts.
// Not concerned with distances between places, nor with streets.

import type { Location } from '../model.ts'
import { MIN_EDIT_LETTERS } from './edit-distance.ts'
import { nameWords } from './fold.ts'
import { createKeyDictionary, type KeyDictionary } from './key-dictionary.ts'
import { addLocation, type PlaceTables, readPlaceTables } from './place-tables.ts'

/** `exact`: a postcode or a whole name. `word`: whole first words (`Woluwe`). `prefix`: still typing. `near`: one slip. */
export type PlaceMatchKind = 'exact' | 'word' | 'prefix' | 'near'

export interface PlaceMatch {
  readonly kind: PlaceMatchKind
  /** more than one where places share a name: Saint-Nicolas */
  readonly nsis: ReadonlySet<string>
  /** where a city's name is said for its whole agglomeration too: the other municipalities of it */
  readonly around?: ReadonlySet<string>
}

export interface Places {
  /** The best match for the words of a place, or undefined. A code among the words decides: `1150 Woluwe`. */
  find(typed: string): PlaceMatch | undefined
  /** The municipality that a postcode belongs to. */
  locationOf(postcode: string): Location | undefined
  hasNsi(nsi: string): boolean
  /** One for each postcode. */
  locations(): Iterable<Location>
}

interface Atlas {
  readonly tables: PlaceTables
  readonly keys: KeyDictionary
}

const MIN_PREFIX_LETTERS = 3

let places: Places | undefined

/** The tables, read once. */
export function belgianPlaces(): Places {
  places ??= openAtlas(readPlaceTables())
  return places
}

/** Belgium's places, and others beside them: found by the name and the postcode given. */
export function extendPlaces(others: readonly Location[]): Places {
  const tables = readPlaceTables()
  for (const location of others) addLocation(tables, location)
  return openAtlas(tables)
}

function openAtlas(tables: PlaceTables): Places {
  const atlas = { tables, keys: createKeyDictionary(tables.byKey.keys()) }
  return {
    hasNsi: (nsi) => tables.nsis.has(nsi),
    locations: () => tables.byPostcode.values(),
    locationOf: (postcode) => tables.byPostcode.get(postcode),
    find(typed) {
      const words = nameWords(typed)
      const code = words.findIndex((word) => /^\d+$/.test(word))
      return code < 0 ? findByName(atlas, words.join('')) : findWithCode(atlas, words, code)
    },
  }
}

/** People in Brussels write `1150 Bruxelles`: the code decides, but what stands beside it must be a place. */
function findWithCode(atlas: Atlas, words: readonly string[], at: number): PlaceMatch | undefined {
  const byCode = findByCode(atlas.tables, words[at] ?? '')
  if (byCode === undefined || words.length === 1) return byCode
  const byName = findByName(atlas, words.filter((_, index) => index !== at).join(''))
  const agrees = byName?.kind === 'exact' || [...byCode.nsis].some((nsi) => byName?.nsis.has(nsi))
  return agrees ? byCode : undefined
}

function findByCode(tables: PlaceTables, digits: string): PlaceMatch | undefined {
  const nsi = tables.byPostcode.get(digits)?.nsi ?? (tables.nsis.has(digits) ? digits : undefined)
  return nsi === undefined ? undefined : { kind: 'exact', nsis: new Set([nsi]) }
}

function findByName(atlas: Atlas, key: string): PlaceMatch | undefined {
  const match = findMunicipalities(atlas, key)
  if (match === undefined) return undefined
  const around = new Set([...match.nsis].flatMap((nsi) => [...(atlas.tables.around.get(nsi) ?? [])]))
  for (const nsi of match.nsis) around.delete(nsi)
  return around.size === 0 ? match : { ...match, around }
}

function findMunicipalities({ tables, keys }: Atlas, key: string): PlaceMatch | undefined {
  const exact = tables.byKey.get(key)
  if (exact) return { kind: 'exact', nsis: exact }
  const words = tables.byFirstWords.get(key)
  if (words) return { kind: 'word', nsis: words }
  if (key.length < MIN_PREFIX_LETTERS) return undefined
  const beginning = keys.keys.slice(...keys.prefixRange(key))
  if (beginning.length > 0) return { kind: 'prefix', nsis: unite(tables, beginning) }
  if (key.length < MIN_EDIT_LETTERS) return undefined
  const near = keys.findNear(key).flatMap((position) => keys.keys[position] ?? [])
  return near.length > 0 ? { kind: 'near', nsis: unite(tables, near) } : undefined
}

function unite(tables: PlaceTables, keys: readonly string[]): Set<string> {
  return new Set(keys.flatMap((key) => [...(tables.byKey.get(key) ?? [])]))
}
