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
import { generatePerson, type World } from './people.ts'
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

const ORGANISATIONS_STREAM = -1

export function generateSandbox(options: SandboxOptions): Sandbox {
  const { seed, ssinKey = sandboxSsinKey } = options
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
    ssinKey,
    sourceVersion,
  }
  const people = named.map((person) => toPerson(person, ssinKey, sourceVersion))
  let previous: Person | undefined
  for (let stream = 0; people.length < options.people; stream++) {
    previous = generatePerson(world, createRandom(seed, stream), previous)
    people.push(previous)
  }
  const namedOrganisations = new Map(
    people
      .slice(0, named.length)
      .flatMap(({ roles }) => roles.flatMap(({ organisation }) => organisation ?? []))
      .map((organisation) => [organisation.organisationId, organisation]),
  )
  return { people, organisations: [...namedOrganisations.values(), ...organisations.all] }
}

/** 2015-01-01 */
const NAMED_VALID_FROM_MS = 1_420_070_400_000

function toPerson(demo: DemoPerson, ssinKey: Uint8Array, sourceVersion: string): Person {
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
    ssinHmac: computeSsinHmac(ssinKey, demo.ssin),
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
