// Pharmacies, practices, home-nursing services and hospitals of the sandbox, with invented names in the language
// of their place. No real organisation is meant.
// Not concerned with who works there (people.ts).

import type { Location, Organisation } from '../model.ts'
import type { IdentityIssuer } from './identities.ts'
import type { Milieu, NameTables } from './name-tables.ts'
import type { Random } from './random.ts'
import type { Settlement } from './settlements.ts'

export type OrganisationKind =
  | 'orgpharmacy'
  | 'groupofphysicianssameaddress'
  | 'orgprimaryhealthcarecenter'
  | 'groupofnurses'
  | 'orghospital'
  | 'orgpractice'

export interface OrganisationRegister {
  readonly all: readonly Organisation[]
  /** One of this kind in the municipality; a hospital of the province where there is none; else undefined. */
  draw(random: Random, kind: OrganisationKind, nsi: string): Organisation | undefined
}

interface NameTools {
  readonly random: Random
  readonly names: NameTables
}

const WORDS: Readonly<Record<Milieu, readonly string[]>> = {
  fr: [
    'des Tilleuls',
    'du Beffroi',
    'des Charmes',
    'du Vieux Moulin',
    'de la Roseraie',
    'des Trois Ponts',
    'du Verger',
    'de la Fontaine',
    'des Glycines',
    'du Parc',
    'de la Gare',
    'des Peupliers',
    'du Canal',
    'de la Colline',
    'des Hirondelles',
  ],
  nl: [
    'De Linde',
    'Het Belfort',
    'De Kastanje',
    'De Oude Molen',
    'De Rozentuin',
    'Drie Bruggen',
    'De Boomgaard',
    'De Fontein',
    'Ter Beuken',
    'Het Park',
    'De Statie',
    'De Populier',
    'Het Kanaal',
    'De Heuvel',
    'De Zwaluw',
  ],
}
const INVENTED_SAINTS: Readonly<Record<Milieu, readonly string[]>> = {
  fr: [
    'Sainte-Aldegonde',
    'Saint-Fulcran',
    'Sainte-Ragnhild',
    'Saint-Polycarpe',
    'Sainte-Euphrasie',
    'Saint-Wulfran',
  ],
  nl: ['Sint-Walburga', 'Sint-Fulco', 'Sint-Adelgondis', 'Sint-Wulfram', 'Sint-Reinildis', 'Sint-Polycarpus'],
}

const NAMING: Readonly<Record<OrganisationKind, Readonly<Record<Milieu, (tools: NameTools) => string>>>> = {
  orgpharmacy: {
    fr: ({ random, names }) =>
      `Pharmacie ${random.chance(0.6) ? names.drawLastName(random, 'fr') : random.pick(WORDS.fr)}`,
    nl: ({ random, names }) =>
      `Apotheek ${random.chance(0.6) ? names.drawLastName(random, 'nl') : random.pick(WORDS.nl)}`,
  },
  groupofphysicianssameaddress: {
    fr: ({ random }) => `Cabinet médical ${random.pick(WORDS.fr)}`,
    nl: ({ random }) => `Groepspraktijk ${random.pick(WORDS.nl)}`,
  },
  orgprimaryhealthcarecenter: {
    fr: ({ random }) => `Maison médicale ${random.pick(WORDS.fr)}`,
    nl: ({ random }) => `Wijkgezondheidscentrum ${random.pick(WORDS.nl)}`,
  },
  groupofnurses: {
    fr: ({ random }) => `Soins à domicile ${random.pick(WORDS.fr)}`,
    nl: ({ random }) => `Thuisverpleging ${random.pick(WORDS.nl)}`,
  },
  orghospital: {
    fr: ({ random }) => `Cliniques ${random.pick(INVENTED_SAINTS.fr)}`,
    nl: ({ random }) => `AZ ${random.pick(INVENTED_SAINTS.nl)}`,
  },
  orgpractice: {
    fr: ({ random }) => `Cabinet ${random.pick(WORDS.fr)}`,
    nl: ({ random }) => `Praktijk ${random.pick(WORDS.nl)}`,
  },
}

/** How many there are for each thousand of a settlement's weight, and at least. */
const DENSITY: Readonly<Record<OrganisationKind, readonly [perWeight: number, atLeast: number]>> = {
  orgpharmacy: [0.12, 1],
  groupofphysicianssameaddress: [0.08, 1],
  orgprimaryhealthcarecenter: [0.02, 0],
  groupofnurses: [0.05, 1],
  orghospital: [0.012, 0],
  orgpractice: [0.1, 1],
}

export function generateOrganisations(
  random: Random,
  settlements: readonly Settlement[],
  names: NameTables,
  issuer: IdentityIssuer,
): OrganisationRegister {
  const byKind = new Map<string, Organisation[]>()
  const hospitals: Organisation[] = []
  const all: Organisation[] = []
  for (const settlement of settlements) {
    for (const kind of Object.keys(DENSITY) as OrganisationKind[]) {
      const [perWeight, atLeast] = DENSITY[kind]
      const count = Math.max(atLeast, Math.round(settlement.weight * perWeight))
      const here = Array.from({ length: count }, (_, index) =>
        nameOne(
          { random, names },
          kind,
          settlement,
          issuer,
          `o-${settlement.nsi}-${kind.slice(0, 8)}-${index + 1}`,
        ),
      )
      byKind.set(`${kind} ${settlement.nsi}`, here)
      all.push(...here)
      if (kind === 'orghospital') hospitals.push(...here)
    }
  }
  return {
    all,
    draw(person, kind, nsi) {
      const here = byKind.get(`${kind} ${nsi}`) ?? []
      if (here.length > 0) return person.pick(here)
      if (kind !== 'orghospital') return undefined
      const inProvince = hospitals.filter(({ location }) => location.nsi[0] === nsi[0])
      return person.pick(inProvince.length > 0 ? inProvince : hospitals)
    },
  }
}

function nameOne(
  tools: NameTools,
  kind: OrganisationKind,
  settlement: Settlement,
  issuer: IdentityIssuer,
  organisationId: string,
): Organisation {
  const milieu = milieuOf(tools.random, settlement)
  const location: Location = tools.random.pick(settlement.locations)
  const name = NAMING[kind][milieu](tools)
  const nihii8 = kind === 'orghospital' ? issuer.issueNihii8(7) : undefined
  const known = { organisationId, name, cdHcparty: kind, cbe: issuer.issueCbe(), location }
  return nihii8 === undefined ? known : { ...known, nihii8 }
}

/** French-speaking Brussels is larger than Dutch-speaking Brussels; the German-speaking east takes French names here. */
export function milieuOf(random: Random, settlement: Settlement): Milieu {
  if (settlement.language === 'nl') return random.chance(0.94) ? 'nl' : 'fr'
  if (settlement.language === 'fr,nl') return random.chance(0.8) ? 'fr' : 'nl'
  return random.chance(0.95) ? 'fr' : 'nl'
}
