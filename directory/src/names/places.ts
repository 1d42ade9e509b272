// Belgian places: what people type (a postcode, a name in any language, an older or shorter name) → NSI codes of
// municipalities. Source: data/municipalities.tsv and data/localities.tsv.
// Not concerned with distances between places, nor with streets.

import type { Location } from '../model.ts'
import { readTable } from '../tables.ts'
import { MIN_EDIT_LETTERS } from './edit-distance.ts'
import { nameKey, nameWords } from './fold.ts'
import { createKeyDictionary } from './key-dictionary.ts'

/** `exact`: a postcode or a whole name. `word`: whole first words (`Woluwe`). `prefix`: still typing. `near`: one slip. */
export type PlaceMatchKind = 'exact' | 'word' | 'prefix' | 'near'

export interface PlaceMatch {
  readonly kind: PlaceMatchKind
  /** more than one where places share a name: Saint-Nicolas */
  readonly nsis: ReadonlySet<string>
}

const MIN_PREFIX_LETTERS = 3

export interface Places {
  /** The best match for the words of a place, or undefined. */
  find(typed: string): PlaceMatch | undefined
  /** The municipality that a postcode belongs to. */
  locationOf(postcode: string): Location | undefined
}

let places: Places | undefined

/** The table, read once. */
export function belgianPlaces(): Places {
  places ??= readPlaces()
  return places
}

interface PlaceTables {
  readonly byKey: Map<string, Set<string>>
  readonly byFirstWords: Map<string, Set<string>>
  readonly byPostcode: Map<string, Location>
  readonly nsis: Set<string>
}

function readPlaces(): Places {
  const tables = readPlaceTables()
  const dictionary = createKeyDictionary(tables.byKey.keys())
  return {
    locationOf: (postcode) => tables.byPostcode.get(postcode),
    find(typed) {
      const key = nameKey(typed)
      if (/^\d+$/.test(key)) return findByCode(tables, key)
      const exact = tables.byKey.get(key)
      if (exact) return { kind: 'exact', nsis: exact }
      const words = tables.byFirstWords.get(key)
      if (words) return { kind: 'word', nsis: words }
      if (key.length < MIN_PREFIX_LETTERS) return undefined
      const startsAlike = dictionary.keys.slice(...dictionary.prefixRange(key))
      if (startsAlike.length > 0) return { kind: 'prefix', nsis: unite(tables, startsAlike) }
      if (key.length < MIN_EDIT_LETTERS) return undefined
      const near = dictionary.findNear(key).flatMap((position) => dictionary.keys[position] ?? [])
      return near.length > 0 ? { kind: 'near', nsis: unite(tables, near) } : undefined
    },
  }
}

function findByCode(tables: PlaceTables, digits: string): PlaceMatch | undefined {
  const nsi = tables.byPostcode.get(digits)?.nsi ?? (tables.nsis.has(digits) ? digits : undefined)
  return nsi === undefined ? undefined : { kind: 'exact', nsis: new Set([nsi]) }
}

function unite(tables: PlaceTables, keys: string[]): Set<string> {
  return new Set(keys.flatMap((key) => [...(tables.byKey.get(key) ?? [])]))
}

function readPlaceTables(): PlaceTables {
  const tables: PlaceTables = {
    byKey: new Map(),
    byFirstWords: new Map(),
    byPostcode: new Map(),
    nsis: new Set(),
  }
  const names = new Map<string, Pick<Location, 'nl' | 'fr' | 'de'>>()
  const municipalityKeys = new Set<string>()
  for (const [nsi = '', nl = '', fr = '', de = ''] of readTable('municipalities')) {
    names.set(nsi, de === '' ? { nl, fr } : { nl, fr, de })
    tables.nsis.add(nsi)
    for (const name of [nl, fr, de]) addName(tables, name, nsi)
  }
  for (const key of tables.byKey.keys()) municipalityKeys.add(key)
  for (const [postcode = '', nsi = '', nl = '', fr = '', de = '', aliases = ''] of readTable('localities')) {
    const municipality = names.get(nsi)
    if (municipality) tables.byPostcode.set(postcode, { postcode, nsi, ...municipality })
    for (const name of [nl, fr, de, ...aliases.split(';')]) {
      // Who types the name of a municipality means it, not a hamlet of that name elsewhere.
      if (!municipalityKeys.has(nameKey(name))) addName(tables, name, nsi)
    }
  }
  return tables
}

function addName(tables: PlaceTables, name: string, nsi: string): void {
  const words = nameWords(name)
  for (const spelling of [words, words.map(abbreviateSaint)]) {
    const key = spelling.join('')
    if (key === '') continue
    addTo(tables.byKey, key, nsi)
    for (let count = 1; count < spelling.length; count++) {
      const start = spelling.slice(0, count).join('')
      if (!isTooCommonToStand(start)) addTo(tables.byFirstWords, start, nsi)
    }
  }
}

const abbreviateSaint = (word: string): string =>
  word === 'saint' || word === 'sint' || word === 'sankt' ? 'st' : word === 'sainte' ? 'ste' : word

/** Articles and saints are no place by themselves. */
const isTooCommonToStand = (word: string): boolean =>
  /^(l|d|de|den|het|t|s|la|le|les|st|ste|saint|sainte|sint|sankt|saints|ville|stad)$/.test(word)

function addTo(map: Map<string, Set<string>>, key: string, nsi: string): void {
  const known = map.get(key)
  if (known) known.add(nsi)
  else map.set(key, new Set([nsi]))
}
