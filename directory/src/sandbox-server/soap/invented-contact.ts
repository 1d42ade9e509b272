// Streets, house numbers, mail addresses and eHealthBox qualities that are nobody's: invented, and always the same for
// the same practice.
// Not concerned with municipalities, which are real.

import { createRandom } from '../../sandbox/random.ts'
import { hashText } from '../number-table.ts'
import type { SandboxRecord } from '../record.ts'

export interface InventedContact {
  readonly street: { readonly nl: string; readonly fr: string }
  readonly houseNumber: string
  /** at example.org, where no mail arrives */
  readonly mail: string
  readonly quality: string
}

const STREETS = [
  { nl: 'Lindestraat', fr: 'Rue du Tilleul' },
  { nl: 'Molenstraat', fr: 'Rue du Moulin' },
  { nl: 'Kerkplein', fr: 'Place de l’Église' },
  { nl: 'Stationslaan', fr: 'Avenue de la Gare' },
  { nl: 'Beekweg', fr: 'Chemin du Ruisseau' },
  { nl: 'Boomgaardstraat', fr: 'Rue du Verger' },
] as const

const QUALITIES: Readonly<Record<string, string>> = {
  PHYSICIAN: 'DOCTOR',
  PHARMACIST: 'PHARMACIST',
  DENTIST: 'DENTIST',
  NURSE: 'NURSE',
}

/** @param id of the practice or the organisation */
export function inventContact(id: string, of: SandboxRecord | undefined): InventedContact {
  const random = createRandom(hashText(id) % 0x7fffffff, -3)
  const discipline = of?.practices.find((practice) => practice.id === id)?.discipline ?? ''
  return {
    street: random.pick(STREETS),
    houseNumber: String(1 + random.below(200)),
    mail: `${id.toLowerCase()}@example.org`,
    quality: QUALITIES[discipline] ?? discipline,
  }
}
