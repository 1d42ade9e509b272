// People for the tests of stores and of synchronising: invented, told apart by their ids, all fields used by some.

import type { Person, Role } from '../../model.ts'
import type { DirectoryReader, DirectoryWriter, PersonChange, StagedBatch } from '../store.ts'

export const NOW_MS = Date.UTC(2026, 0, 15)

export function samplePerson(personId: string, changes: Partial<Person> = {}): Person {
  return {
    personId,
    ssinHmac: `hmac-of-${personId}`,
    lastName: `Nom ${personId}`,
    firstName: 'Élise',
    language: 'fr',
    deceased: false,
    roles: [sampleRole(`${personId}_1`)],
    ...changes,
  }
}

export function sampleRole(roleId: string, changes: Partial<Role> = {}): Role {
  return {
    roleId,
    profession: 'PHYSICIAN',
    cdHcparty: 'persphysician',
    licenceToPractise: true,
    source: 'cobrha',
    sourceVersion: 'v1',
    location: { postcode: '1050', nsi: '21009', nl: 'Elsene', fr: 'Ixelles' },
    ...changes,
  }
}

/** Somebody with every field that a record may have. */
export function fullPerson(personId: string): Person {
  const location = { postcode: '4700', nsi: '63023', nl: 'Eupen', fr: 'Eupen', de: 'Eupen' }
  return samplePerson(personId, {
    rpps: '10000000018',
    deceased: true,
    roles: [
      sampleRole(`${personId}_1`, {
        specialty: 'deptgeriatry',
        nihii8: '10000025',
        nihii11: '10000025001',
        checksumValid: false,
        validFromMs: 1,
        validUntilMs: NOW_MS,
        location,
        organisation: {
          organisationId: 'o-1',
          name: 'Klinik "Am Markt"',
          cdHcparty: 'orghospital',
          nihii8: '71000002',
          cbe: '0200000041',
          finess: '690000001',
          location,
        },
      }),
      sampleRole(`${personId}_2`, { profession: 'NURSE', cdHcparty: 'persnurse', checksumValid: true }),
    ],
  })
}

/** `from` to `to`, both included, named `p-1`, `p-2`, … */
export function samplePeople(from: number, to: number): Person[] {
  return Array.from({ length: to - from + 1 }, (_, index) => samplePerson(`p-${from + index}`))
}

export function batch(people: readonly Person[], changes: Partial<StagedBatch> = {}): StagedBatch {
  return { people, setAside: [], refusedRoles: [], cursor: 'end', isLast: true, ...changes }
}

export async function begin(writer: DirectoryWriter, sourceVersion = 'v1'): Promise<void> {
  const feedPosition = `feed of ${sourceVersion}`
  await writer.beginStaging({ source: 'cobrha', sourceVersion, feedPosition, startedAtMs: NOW_MS })
}

/** A whole snapshot of these people, staged and swapped in. */
export async function take(writer: DirectoryWriter, people: readonly Person[], nowMs = NOW_MS) {
  await begin(writer)
  await writer.stage(batch(people))
  return writer.swap(nowMs)
}

export const changeOf = (person: Person): PersonChange => ({ personId: person.personId, person })

/** Everybody of a generation, by id. */
export async function readAll(reader: DirectoryReader, generation: number): Promise<Map<string, Person>> {
  const people = new Map<string, Person>()
  for await (const some of reader.readPeople(generation)) {
    for (const person of some) {
      if (people.has(person.personId)) throw new Error('somebody was read twice')
      people.set(person.personId, person)
    }
  }
  return people
}
