// Names as frequent as they are in Belgium, apart for the Dutch-speaking and the French-speaking milieu.
// Source: data/surnames.tsv and data/first-names.tsv (Statbel). `flemish_tenths` is the share of bearers in
// Flanders among those counted by region; where it is not known, the spelling of the surname is asked.
// Not concerned with persons: every combination drawn from here is invented.

import { readTable } from '../tables.ts'
import { createWeightedPick, type Random } from './random.ts'

export type Milieu = 'fr' | 'nl'
export type Sex = 'M' | 'F'

export interface NameTables {
  drawLastName(random: Random, milieu: Milieu): string
  drawFirstName(random: Random, milieu: Milieu, sex: Sex): string
}

const DUTCH_SPELLING =
  /^(Van|Ver|Vand|De [A-Z]|Den |Ten |Ter )|(ck|ckx|cx|mans|aert|aerts|eers|ens|huys|veld)$/
const TENTHS_IF_DUTCH = 9
const TENTHS_IF_UNKNOWN = 5

type Weighted = [name: string, weight: number][]

export function readNameTables(): NameTables {
  const surnames: Record<Milieu, Weighted> = { fr: [], nl: [] }
  for (const [name = '', count = '', tenths = ''] of readTable('surnames')) {
    const guess = DUTCH_SPELLING.test(name) ? TENTHS_IF_DUTCH : TENTHS_IF_UNKNOWN
    share(surnames, name, Number(count), tenths === '' ? guess : Number(tenths))
  }
  const firstNames = {
    M: { fr: [], nl: [] } as Record<Milieu, Weighted>,
    F: { fr: [], nl: [] } as Record<Milieu, Weighted>,
  }
  for (const [sex, name = '', count = '', tenths = ''] of readTable('first-names')) {
    share(
      firstNames[sex === 'M' ? 'M' : 'F'],
      name,
      Number(count),
      tenths === '' ? TENTHS_IF_UNKNOWN : Number(tenths),
    )
  }
  const pickSurname = { fr: createWeightedPick(surnames.fr), nl: createWeightedPick(surnames.nl) }
  const pickFirst = {
    M: { fr: createWeightedPick(firstNames.M.fr), nl: createWeightedPick(firstNames.M.nl) },
    F: { fr: createWeightedPick(firstNames.F.fr), nl: createWeightedPick(firstNames.F.nl) },
  }
  return {
    drawLastName: (random, milieu) => pickSurname[milieu](random),
    drawFirstName: (random, milieu, sex) => pickFirst[sex][milieu](random),
  }
}

function share(into: Record<Milieu, Weighted>, name: string, count: number, flemishTenths: number): void {
  if (flemishTenths > 0) into.nl.push([name, count * flemishTenths])
  if (flemishTenths < 10) into.fr.push([name, count * (10 - flemishTenths)])
}
