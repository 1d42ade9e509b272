// Where the sandbox's people work: Belgian municipalities, the large ones more often.
// Source: the tables in data/; the weights are rough thousands of inhabitants, written by hand, good enough for a
// plausible spread and for nothing else.
// Not concerned with finding places that people type (names/places.ts).

import type { Location } from '../model.ts'
import { belgianPlaces } from '../names/places.ts'
import { readTable } from '../tables.ts'
import { createWeightedPick, type Random } from './random.ts'

export interface Settlement {
  readonly nsi: string
  readonly language: 'fr' | 'nl' | 'de' | 'fr,nl'
  readonly weight: number
  /** one for each postcode */
  readonly locations: readonly Location[]
}

const LARGE: Readonly<Record<string, number>> = {
  Antwerpen: 530,
  Gent: 265,
  Charleroi: 203,
  Luik: 197,
  Brussel: 195,
  Schaarbeek: 130,
  Anderlecht: 125,
  Brugge: 119,
  Namen: 113,
  Leuven: 103,
  'Sint-Jans-Molenbeek': 97,
  Bergen: 96,
  Aalst: 90,
  Elsene: 88,
  Mechelen: 88,
  Ukkel: 86,
  'La Louvière': 81,
  Hasselt: 88,
  'Sint-Niklaas': 80,
  Kortrijk: 79,
  Oostende: 72,
  Doornik: 69,
  Genk: 67,
  Roeselare: 65,
  Seraing: 64,
  Moeskroen: 60,
  'Sint-Lambrechts-Woluwe': 59,
  Vorst: 57,
  Verviers: 55,
  Jette: 53,
  'Sint-Gillis': 50,
  Etterbeek: 48,
  Evere: 44,
  'Sint-Pieters-Woluwe': 42,
  Turnhout: 46,
  Oudergem: 35,
  'Sint-Joost-ten-Node': 27,
  'Sint-Agatha-Berchem': 26,
  Ganshoren: 26,
  'Watermaal-Bosvoorde': 25,
  Koekelberg: 22,
}
const OTHER_WEIGHT = { nl: 18, fr: 11, de: 8, 'fr,nl': 30 } as const

export function readSettlements(): { all: readonly Settlement[]; draw: (random: Random) => Settlement } {
  const postcodes = new Map<string, Set<string>>()
  for (const [postcode = '', nsi = ''] of readTable('localities')) {
    postcodes.set(nsi, (postcodes.get(nsi) ?? new Set()).add(postcode))
  }
  const all = readTable('municipalities').map(([nsi = '', nl = '', , , languages = 'nl']): Settlement => {
    const language = languages as Settlement['language']
    const locations = [...(postcodes.get(nsi) ?? [])]
      .sort()
      .flatMap((postcode) => belgianPlaces().locationOf(postcode) ?? [])
    return { nsi, language, weight: LARGE[nl] ?? OTHER_WEIGHT[language], locations }
  })
  return { all, draw: createWeightedPick(all.map((settlement) => [settlement, settlement.weight])) }
}
