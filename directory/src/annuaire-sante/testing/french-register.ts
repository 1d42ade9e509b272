// A French register that was made up, for tests: the same people as an open file and behind a FHIR interface, so that a file
// followed by changes can be held against a later file. Everybody in it is invented.
// Not concerned with the many columns and resources that we do not read.

import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { columnNames } from '../columns.ts'

export interface FrenchActivity {
  readonly id: string
  active: boolean
  readonly mode: string
  readonly structure?: {
    readonly id: string
    readonly finess: string
    readonly name: string
    readonly postcode: string
    readonly insee: string
    readonly town: string
  }
}

export interface FrenchPerson {
  readonly id: string
  active: boolean
  /** twelve characters: `8` and the RPPS */
  readonly idnps: string
  lastName: string
  readonly firstName: string
  readonly profession: string
  readonly specialty?: { readonly code: string; readonly name: string }
  readonly activities: FrenchActivity[]
  updatedAtMs: number
}

const TOWNS = [
  ['69003', '69383', 'Lyon 3e Arrondissement'],
  ['75014', '75114', 'Paris 14e Arrondissement'],
  ['20000', '2A004', 'Ajaccio'],
] as const
const PROFESSIONS = ['10', '21', '40', '50', '60', '70', '91'] as const

/** The person of this number, from 1; always the same. */
export function frenchPerson(number: number): FrenchPerson {
  const profession = PROFESSIONS[number % PROFESSIONS.length] ?? '10'
  const activities = Array.from({ length: 1 + (number % 3 === 0 ? 1 : 0) }, (_, index) => {
    const [postcode, insee, town] = TOWNS[(number + index) % TOWNS.length] ?? TOWNS[0]
    const hasStructure = number % 5 !== 0
    const structure = {
      id: `R1000000${number}${index}`,
      finess: number % 2 === 0 ? String(690000000 + number) : '',
      name: `STRUCTURE ${number}`,
      ...{ postcode, insee, town },
    }
    return {
      id: `role-${number}-${index}`,
      active: true,
      mode: index === 0 ? 'L' : 'S',
      ...(hasStructure ? { structure } : {}),
    }
  })
  return {
    id: `person-${number}`,
    active: true,
    idnps: `8${rpps(number)}`,
    lastName: `NOM ${number}`,
    firstName: 'Élise',
    profession,
    ...(profession === '10'
      ? { specialty: { code: 'SM04', name: 'Cardiologie et maladies vasculaires' } }
      : {}),
    activities: activities.slice(0, number % 5 === 0 ? 1 : 2),
    updatedAtMs: 0,
  }
}

function rpps(number: number): string {
  const ten = String(1_000_000_000 + number)
  let sum = 0
  for (let at = 0; at < ten.length; at += 1) {
    const digit = Number(ten[at]) * (at % 2 === 1 ? 2 : 1)
    sum += digit > 9 ? digit - 9 : digit
  }
  return `${ten}${(10 - (sum % 10)) % 10}`
}

/** The open file: header and a row for each open activity. */
export function openFileOf(people: readonly FrenchPerson[]): string {
  const header = columnNames.map((name) => name.replaceAll('’', "'")).join('|')
  const rows = people.filter(({ active }) => active).flatMap((person) => rowsOf(person))
  return `${[header, ...rows].join('\n')}\n`
}

export function rowOf(cells: Partial<Record<(typeof columnNames)[number], string>>): string {
  return columnNames.map((name) => cells[name] ?? '').join('|')
}

function rowsOf(person: FrenchPerson): string[] {
  const open = person.activities.filter(({ active }) => active)
  return (open.length === 0 ? [undefined] : open).map((activity) =>
    rowOf({
      'Type d’identifiant PP': '8',
      'Identifiant PP': person.idnps.slice(1),
      'Identification nationale PP': person.idnps,
      'Nom d’exercice': person.lastName,
      'Prénom d’exercice': person.firstName,
      'Code profession': person.profession,
      'Code catégorie professionnelle': 'C',
      'Code savoir-faire': person.specialty?.code ?? '',
      'Libellé savoir-faire': person.specialty?.name ?? '',
      'Code mode exercice': activity?.mode ?? '',
      'Numéro FINESS site': activity?.structure?.finess ?? '',
      'Identifiant technique de la structure': activity?.structure?.id ?? '',
      'Raison sociale site': activity?.structure?.name ?? '',
      'Code postal (coord. structure)': activity?.structure?.postcode ?? '',
      'Code commune (coord. structure)': activity?.structure?.insee ?? '',
      'Libellé commune (coord. structure)': activity?.structure?.town ?? '',
    }),
  )
}

const NOS = 'https://mos.esante.gouv.fr/NOS/'
const PAGE = 7

/** The FHIR interface over real HTTP: searches by `_lastUpdated`, by identifier and by `_id`, in small pages. */
export class FrenchFhir {
  readonly people: FrenchPerson[]
  /** Leads the next page there. */
  nextOrigin: string | undefined
  asked: { url: string; key: string | undefined }[] = []
  readonly #server: Server

  private constructor(people: FrenchPerson[]) {
    this.people = people
    this.#server = createServer((request, response) => {
      const url = new URL(request.url ?? '/', this.url)
      const key = request.headers['esante-api-key']
      this.asked.push({ url: url.href, key: Array.isArray(key) ? key[0] : key })
      response.setHeader('Content-Type', 'application/fhir+json')
      response.end(JSON.stringify(this.#answer(url)))
    })
  }

  static async start(people: FrenchPerson[]): Promise<FrenchFhir> {
    const fhir = new FrenchFhir(people)
    await new Promise<void>((resolve) => fhir.#server.listen(0, '127.0.0.1', resolve))
    return fhir
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  stop(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  #answer(url: URL): object {
    const resources = this.#search(url)
    const from = Number(url.searchParams.get('from') ?? 0)
    const next = new URL(url)
    next.searchParams.set('from', String(from + PAGE))
    const there = this.nextOrigin === undefined ? next.href : this.nextOrigin + next.pathname + next.search
    return {
      resourceType: 'Bundle',
      type: 'searchset',
      link: from + PAGE < resources.length ? [{ relation: 'next', url: there }] : [],
      entry: resources.slice(from, from + PAGE).map((resource) => ({ resource })),
    }
  }

  #search({ pathname, searchParams }: URL): object[] {
    const kind = pathname.split('/').at(-1)
    if (kind === 'Organization') {
      const ids = searchParams.get('_id')?.split(',') ?? []
      return this.#activities()
        .filter(({ id }) => ids.includes(`org-${id}`))
        .map(organizationOf)
    }
    const identifier = searchParams.get('identifier')?.split('|')[1]
    const sinceMs = Date.parse(searchParams.get('_lastUpdated')?.slice(2) ?? '')
    const people = this.people.filter((one) =>
      identifier === undefined ? one.updatedAtMs >= sinceMs : one.idnps === identifier,
    )
    const withRoles = kind === 'PractitionerRole' || searchParams.has('_revinclude')
    return people.flatMap((one) => [
      practitionerOf(one),
      ...(withRoles ? one.activities.map((role) => roleOf(one, role)) : []),
    ])
  }

  #activities(): FrenchActivity[] {
    return this.people.flatMap(({ activities }) => activities)
  }
}

function practitionerOf({
  id,
  active,
  idnps,
  lastName,
  firstName,
  profession,
  specialty,
}: FrenchPerson): object {
  const codings = [
    { system: `${NOS}TRE_G15-ProfessionSante/FHIR/TRE-G15-ProfessionSante`, code: profession },
    { system: `${NOS}TRE_R09-CategorieProfessionnelle/FHIR/TRE-R09-CategorieProfessionnelle`, code: 'C' },
    ...(specialty === undefined
      ? []
      : [
          {
            system: `${NOS}TRE_R38-SpecialiteOrdinale/FHIR/TRE-R38-SpecialiteOrdinale`,
            code: specialty.code,
          },
        ]),
  ]
  return {
    resourceType: 'Practitioner',
    ...{ id, active },
    identifier: [
      { system: 'urn:oid:1.2.250.1.71.4.2.1', value: idnps },
      { system: 'https://rpps.esante.gouv.fr', value: idnps.slice(1) },
    ],
    name: [{ family: lastName, given: [firstName] }],
    qualification: [{ code: { coding: codings } }],
  }
}

function roleOf(person: FrenchPerson, { id, active, mode, structure }: FrenchActivity): object {
  return {
    resourceType: 'PractitionerRole',
    ...{ id, active },
    practitioner: { reference: `Practitioner/${person.id}` },
    ...(structure === undefined ? {} : { organization: { reference: `Organization/org-${id}` } }),
    code: [{ coding: [{ system: `${NOS}TRE_R23-ModeExercice/FHIR/TRE-R23-ModeExercice`, code: mode }] }],
  }
}

function organizationOf({ id, structure }: FrenchActivity): object {
  const insee = { system: `${NOS}TRE_R13-Commune/FHIR/TRE-R13-Commune`, code: structure?.insee }
  const finess = structure?.finess
    ? [{ system: 'https://finess.esante.gouv.fr', value: structure.finess }]
    : []
  return {
    resourceType: 'Organization',
    id: `org-${id}`,
    name: structure?.name,
    identifier: [...finess, { system: 'https://rppsrang.esante.gouv.fr', value: structure?.id }],
    address: [
      {
        city: `${structure?.postcode} ${structure?.town}`,
        postalCode: structure?.postcode,
        extension: [{ valueCoding: insee }],
      },
    ],
  }
}
