// The 241 CD-HCPARTY codes with their names. Source: the federal reference table, as data/cd-hcparty.tsv keeps it.
// Not concerned with which of them are professions of the AddressBook (professions.ts).

import { readTable } from '../tables.ts'
import type { FourNames } from './professions.ts'

let names: ReadonlyMap<string, FourNames> | undefined

/** All codes, read once. */
export function cdHcpartyTable(): ReadonlyMap<string, FourNames> {
  names ??= new Map(
    readTable('cd-hcparty').map(([code = '', fr = '', nl = '', en = '', de = '']) => [
      code,
      { fr, nl, en, de },
    ]),
  )
  return names
}

/** The table says `médecin général`; nobody else does. */
const SPOKEN: Readonly<Record<string, FourNames>> = {
  persgeneralphysician: {
    fr: 'médecin généraliste',
    nl: 'huisarts',
    en: 'general practitioner',
    de: 'Allgemeinmediziner',
  },
}

/** What a person with this code is called, in the language of the reader; the code itself if it is unknown. */
export function titleOf(cdHcparty: string, language: keyof FourNames): string {
  return (SPOKEN[cdHcparty] ?? cdHcpartyTable().get(cdHcparty))?.[language] ?? cdHcparty
}
