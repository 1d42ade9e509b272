// People and roles as sorted lists and typed arrays, so that a million roles stay small and the beginning of a name
// is one range. A person's position (`ordinal`) is their rank by last name, then first name, then id.
// People are taken one after the other and none is kept as an object: a register of any size is indexed as it is read.
// Not concerned with questions (match-names.ts) nor with rows (rows.ts).

import { DirectoryError } from '../errors.ts'
import type { Person } from '../model.ts'
import { belgianPlaces, type Places } from '../names/places.ts'
import { GrowingColumn } from './growing-column.ts'
import { createHashTable, type HashTable, hashOf } from './hash-table.ts'
import { createIdentifiersBuilder, type IdentifierIndex } from './identifiers.ts'
import { createInterner, type Interner } from './interner.ts'
import {
  type FirstNames,
  fileSpellings,
  indexFirstNames,
  indexLastNames,
  type LastNames,
  type SpelledNames,
} from './name-index.ts'
import { createOrganisationsBuilder, type Organisations } from './organisations.ts'
import { createPersonRecords, type PersonRecords } from './person-records.ts'
import { collectForeignPlaces } from './places-of-people.ts'
import { createRoleColumnsBuilder, type RoleColumns } from './role-columns.ts'

export interface PeopleIndex {
  readonly count: number
  readonly personAt: (ordinal: number) => Person
  readonly personIdAt: (ordinal: number) => string
  /** ordinal, or −1 */
  readonly ordinalOfId: (personId: string) => number
  readonly ordinalOfSsinHmac: (hmac: string) => number
  readonly ordinalOfRpps: (rpps: string) => number
  /** 1: alive and with an active role. Others are found by an exact identifier only. */
  readonly findable: Uint8Array
  readonly last: LastNames
  readonly first: FirstNames
  readonly roles: RoleColumns
  readonly organisations: Organisations
  readonly identifiers: IdentifierIndex
  /** the country's, and those that only these people name */
  readonly places: Places
}

export interface PeopleIndexBuilder {
  add(person: Person): void
  readonly roleCount: number
  /** @throws DirectoryError `duplicate-person` */
  finish(): PeopleIndex
}

/** What is kept of each person, in the order they come. */
interface Arrivals {
  readonly lastSpelling: GrowingColumn
  readonly firstSpelling: GrowingColumn
  readonly idHash: GrowingColumn
  readonly hmacHash: GrowingColumn
  readonly rppsHash: GrowingColumn
  readonly findable: GrowingColumn
  readonly lastNames: Interner
  readonly firstNames: Interner
  readonly records: PersonRecords
}

/** @param nowMs when roles must be valid */
export function createPeopleIndexBuilder(nowMs: number): PeopleIndexBuilder {
  const arrivals = createArrivals()
  const roles = createRoleColumnsBuilder(nowMs)
  const organisations = createOrganisationsBuilder()
  const identifiers = createIdentifiersBuilder()
  const foreign = collectForeignPlaces(belgianPlaces())
  let [count, roleCount] = [0, 0]
  return {
    get roleCount() {
      return roleCount
    },
    add(person) {
      for (const role of person.roles) {
        roles.addRole(role, role.organisation ? organisations.numberOf(role.organisation) : 0)
        foreign.add(role.location)
      }
      identifiers.add(count, person)
      addArrival(arrivals, person, !person.deceased && roles.hasActiveRole)
      roles.endPerson()
      roleCount += person.roles.length
      count++
    },
    finish() {
      const names = {
        last: fileSpellings(arrivals.lastNames.texts),
        first: fileSpellings(arrivals.firstNames.texts),
      }
      const order = sortByName(arrivals, names)
      const houses = organisations.finish()
      return {
        count,
        ...readers(arrivals, order),
        findable: Uint8Array.from(order, (arrival) => arrivals.findable.values()[arrival] ?? 0),
        last: indexLastNames(
          arrivals.lastNames.texts,
          names.last,
          keysInOrder(order, arrivals.lastSpelling, names.last),
        ),
        first: indexFirstNames(
          arrivals.firstNames.texts,
          names.first,
          keysInOrder(order, arrivals.firstSpelling, names.first),
        ),
        roles: roles.finish(order, houses.count),
        organisations: houses,
        identifiers: identifiers.finish(invert(order)),
        places: foreign.finish(),
      }
    },
  }
}

function createArrivals(): Arrivals {
  const [lastNames, firstNames] = [createInterner(), createInterner()]
  return {
    lastSpelling: new GrowingColumn(),
    firstSpelling: new GrowingColumn(),
    idHash: new GrowingColumn(),
    hmacHash: new GrowingColumn(),
    rppsHash: new GrowingColumn(),
    findable: new GrowingColumn(),
    lastNames,
    firstNames,
    records: createPersonRecords(lastNames.texts, firstNames.texts),
  }
}

function addArrival(arrivals: Arrivals, person: Person, isFindable: boolean): void {
  const { personId, ssinHmac, rpps } = person
  const lastName = arrivals.lastNames.numberOf(person.lastName)
  const firstName = arrivals.firstNames.numberOf(person.firstName)
  arrivals.lastSpelling.push(lastName)
  arrivals.firstSpelling.push(firstName)
  arrivals.idHash.push(hashOf(personId))
  arrivals.hmacHash.push(ssinHmac === undefined ? 0 : hashOf(ssinHmac))
  arrivals.rppsHash.push(rpps === undefined ? 0 : hashOf(rpps))
  arrivals.findable.push(isFindable ? 1 : 0)
  arrivals.records.append(person, lastName, firstName)
}

/** @param order ordinal → arrival */
function readers({ records, idHash, hmacHash, rppsHash }: Arrivals, order: Uint32Array) {
  const ordinalOf = invert(order)
  const byId = createHashTable(idHash.values(), records.readId, refuseDuplicate)
  const byHmac = createHashTable(hmacHash.values(), records.readSsinHmac)
  const byRpps = createHashTable(rppsHash.values(), (arrival) => records.read(arrival).rpps)
  const find = (table: HashTable, text: string): number => {
    const arrival = table.find(text)
    return arrival < 0 ? -1 : (ordinalOf[arrival] ?? -1)
  }
  return {
    personAt: (ordinal: number) => records.read(order[ordinal] ?? 0),
    personIdAt: (ordinal: number) => records.readId(order[ordinal] ?? 0),
    ordinalOfId: (personId: string) => find(byId, personId),
    ordinalOfSsinHmac: (hmac: string) => find(byHmac, hmac),
    ordinalOfRpps: (rpps: string) => find(byRpps, rpps),
  }
}

function refuseDuplicate(): void {
  throw new DirectoryError('duplicate-person', 'Two people have one id.')
}

/** @returns ordinal → arrival. Sorted by counting, the last key first in rank and last in turn. */
function sortByName(
  { lastSpelling, firstSpelling, records }: Arrivals,
  { last, first }: { last: SpelledNames; first: SpelledNames },
): Uint32Array {
  const lastKeyOf = (arrival: number) => last.keyOfSpelling[lastSpelling.values()[arrival] ?? 0] ?? 0
  const firstKeyOf = (arrival: number) => first.keyOfSpelling[firstSpelling.values()[arrival] ?? 0] ?? 0
  const asTheyCame = Uint32Array.from({ length: lastSpelling.length }, (_, arrival) => arrival)
  const byFirst = sortByCounting(asTheyCame, first.keys.keys.length, firstKeyOf)
  const order = sortByCounting(byFirst, last.keys.keys.length, lastKeyOf)
  for (let from = 0; from < order.length; ) {
    const arrival = order[from] ?? 0
    let to = from + 1
    while (to < order.length && lastKeyOf(order[to] ?? 0) === lastKeyOf(arrival)) {
      if (firstKeyOf(order[to] ?? 0) !== firstKeyOf(arrival)) break
      to++
    }
    if (to - from > 1) sortNamesakes(order.subarray(from, to), records)
    from = to
  }
  return order
}

/** Namesakes stand in the order of their ids, so that the order of a page does not hang on the order of a snapshot. */
function sortNamesakes(arrivals: Uint32Array, records: PersonRecords): void {
  const withIds = Array.from(arrivals, (arrival) => ({ arrival, id: records.readId(arrival) }))
  withIds.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
  withIds.forEach(({ arrival }, at) => {
    arrivals[at] = arrival
  })
}

/** Stable. @param keyCount keys are 0 ≤ key < keyCount */
function sortByCounting(items: Uint32Array, keyCount: number, keyOf: (item: number) => number): Uint32Array {
  const next = new Uint32Array(keyCount + 1)
  for (const item of items) next[keyOf(item) + 1] = (next[keyOf(item) + 1] ?? 0) + 1
  for (let key = 0; key < keyCount; key++) next[key + 1] = (next[key + 1] ?? 0) + (next[key] ?? 0)
  const sorted = new Uint32Array(items.length)
  for (const item of items) {
    const key = keyOf(item)
    const at = next[key] ?? 0
    sorted[at] = item
    next[key] = at + 1
  }
  return sorted
}

function keysInOrder(order: Uint32Array, spelling: GrowingColumn, names: SpelledNames): Uint32Array {
  const spellings = spelling.values()
  return order.map((arrival) => names.keyOfSpelling[spellings[arrival] ?? 0] ?? 0)
}

function invert(order: Uint32Array): Uint32Array {
  const inverse = new Uint32Array(order.length)
  order.forEach((arrival, ordinal) => {
    inverse[arrival] = ordinal
  })
  return inverse
}
