// The sandbox's CoBRHA: generated people, organisations and the named demo people. The same seed gives the same
// people, and a larger sandbox begins with the people of the smaller one.
// Not concerned with speaking CoBRHA's protocols, nor with keeping anything.

import { isNihiiValid } from '../identifiers/nihii.ts'
import { computeSsinHmac } from '../identifiers/ssin-lookup.ts'
import type { Organisation, Person } from '../model.ts'
import { belgianPlaces } from '../names/places.ts'
import { type DemoPerson, demoPeople, namesakes } from './demo-people.ts'
import { createIdentityIssuer } from './identities.ts'
import { readNameTables } from './name-tables.ts'
import { generateOrganisations } from './organisations.ts'
import { generatePerson, type RegisteredPerson, type World } from './people.ts'
import { createRandom } from './random.ts'
import { readSettlements } from './settlements.ts'

export interface SandboxOptions {
  /** whole number */
  readonly seed: number
  /** how many in all, the named ones included; at least as many as those */
  readonly people: number
  /** for the look-up by SSIN, 32 bytes or more; without it a key that everybody knows */
  readonly ssinKey?: Uint8Array
}

export interface Sandbox {
  readonly people: readonly Person[]
  readonly organisations: readonly Organisation[]
}

/** Published with the source: good for synthetic SSINs only. */
export const sandboxSsinKey: Uint8Array = new TextEncoder().encode('pli sandbox: synthetic people only')

export function generateSandbox(options: SandboxOptions): Sandbox {
  const { seed, ssinKey = sandboxSsinKey } = options
  const register = openSandboxRegister(seed)
  const people: Person[] = []
  for (const { person, ssin } of register.people()) {
    if (people.length >= Math.max(options.people, register.namedPeople)) break
    people.push({ ...person, ssinHmac: computeSsinHmac(ssinKey, ssin) })
  }
  return { people, organisations: register.organisations }
}

export interface SandboxRegister {
  readonly organisations: readonly Organisation[]
  /** how many of the first people are the named ones */
  readonly namedPeople: number
  readonly sourceVersion: string
  /** Without end and made as they are asked for: memory does not grow with their number. To be walked once. */
  people(): Iterable<RegisteredPerson>
}

const ORGANISATIONS_STREAM = -1

/** What `generateSandbox` is made of, for those who cannot keep everybody in memory. */
export function openSandboxRegister(seed: number): SandboxRegister {
  const sourceVersion = `sandbox-1-${seed}`
  const named = [...demoPeople, ...namesakes]
  const issuer = createIdentityIssuer(
    named.flatMap(({ ssin, nihii11 }) => [ssin, ...(nihii11 ? [nihii11.slice(0, 8)] : [])]),
  )
  const names = readNameTables()
  const settlements = readSettlements()
  const organisations = generateOrganisations(
    createRandom(seed, ORGANISATIONS_STREAM),
    settlements.all,
    names,
    issuer,
  )
  const world: World = {
    names,
    organisations,
    issuer,
    drawSettlement: settlements.draw,
    settlementOf: new Map(settlements.all.map((settlement) => [settlement.nsi, settlement])),
    sourceVersion,
  }
  const namedPeople = named.map((demo) => toRegistered(demo, sourceVersion))
  return {
    organisations: [...organisationsOf(namedPeople), ...organisations.all],
    namedPeople: named.length,
    sourceVersion,
    *people() {
      yield* namedPeople
      let previous: RegisteredPerson | undefined
      for (let stream = 0; ; stream++) {
        previous = generatePerson(world, createRandom(seed, stream), previous?.person)
        yield previous
      }
    },
  }
}

function organisationsOf(people: readonly RegisteredPerson[]): Iterable<Organisation> {
  const all = people.flatMap(({ person }) => person.roles.flatMap(({ organisation }) => organisation ?? []))
  return new Map(all.map((organisation) => [organisation.organisationId, organisation])).values()
}

/** 2015-01-01 */
const NAMED_VALID_FROM_MS = 1_420_070_400_000

const MEN: ReadonlySet<string> = new Set(['kevin', 'lieven', 'pieter'])

function toRegistered(demo: DemoPerson, sourceVersion: string): RegisteredPerson {
  return { person: toPerson(demo, sourceVersion), ssin: demo.ssin, sex: MEN.has(demo.slug) ? 'M' : 'F' }
}

function toPerson(demo: DemoPerson, sourceVersion: string): RegisteredPerson['person'] {
  const location = belgianPlaces().locationOf(demo.postcode)
  if (location === undefined) throw new RangeError('a named person practises at an unknown postcode')
  const nihii =
    demo.nihii11 === undefined
      ? {}
      : {
          nihii8: demo.nihii11.slice(0, 8),
          nihii11: demo.nihii11,
          checksumValid: isNihiiValid(demo.nihii11),
        }
  const organisation = demo.organisation && {
    organisationId: `o-demo-${demo.organisation.cbe}`,
    ...demo.organisation,
    location,
  }
  return {
    personId: demo.personId,
    lastName: demo.lastName,
    firstName: demo.firstName,
    language: demo.language,
    deceased: false,
    roles: [
      {
        roleId: `${demo.personId}_1`,
        profession: demo.profession,
        cdHcparty: demo.cdHcparty,
        ...(demo.specialty === undefined ? {} : { specialty: demo.specialty }),
        ...nihii,
        licenceToPractise: true,
        validFromMs: NAMED_VALID_FROM_MS,
        source: 'sandbox',
        sourceVersion,
        ...(organisation === undefined ? {} : { organisation }),
        location,
      },
    ],
  }
}
