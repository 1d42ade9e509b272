// The names, postcodes and codes of Belgian places, read from data/municipalities.tsv and data/localities.tsv.
// Not concerned with what people type (places.ts).

import type { Location } from '../model.ts'
import { readTable } from '../tables.ts'
import { readAgglomerations } from './agglomerations.ts'
import { nameKey, nameWords } from './fold.ts'

export interface PlaceTables {
  readonly byKey: Map<string, Set<string>>
  readonly byFirstWords: Map<string, Set<string>>
  readonly byPostcode: Map<string, Location>
  readonly nsis: Set<string>
  /** city → the municipalities that people also mean by its name */
  readonly around: ReadonlyMap<string, readonly string[]>
}

export function readPlaceTables(): PlaceTables {
  const tables: PlaceTables = {
    byKey: new Map(),
    byFirstWords: new Map(),
    byPostcode: new Map(),
    nsis: new Set(),
    around: readAgglomerations(),
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

/** Files a place that the tables do not have, under its names and its postcode. */
export function addLocation(tables: PlaceTables, location: Location): void {
  tables.nsis.add(location.nsi)
  if (!tables.byPostcode.has(location.postcode)) tables.byPostcode.set(location.postcode, location)
  for (const name of [location.nl, location.fr, location.de ?? '']) addName(tables, name, location.nsi)
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
