/**
 * Purpose: the directory as the relay uses it: finding people, and telling devices who of them can be written to; with
 * those whom somebody answers for beside the register's own.
 * Not concerned with ranking (the `directory` package), nor with where the people come from.
 */
import { isRoleActive, type Person, type SearchQuery, type SearchRow } from '@pli/directory'
import type { AccountId, DirectoryPage, DirectoryPerson, PersonId } from '@pli/protocol/wire'
import { RelayError } from '../../errors.ts'
import type { AccountStore } from '../../storage/interfaces.ts'
import { isActive, type VouchedPeople } from '../guarantors/vouched-people.ts'
import type { Directory } from './directory.ts'

export interface PeopleQuery extends SearchQuery {
  limit: number
  offset: number
}

/** All throw RelayError `unavailable` while the directory does not answer. */
export interface People {
  /** Throws RelayError `not_found`. */
  person(personId: PersonId): Promise<DirectoryPerson>
  /** As a signed-in device may see it: with `accountId` when the person can be written to. */
  personWithAccount(personId: PersonId): Promise<DirectoryPerson>
  search(query: PeopleQuery): Promise<DirectoryPage>
  /** As a signed-in device may see it. */
  searchWithAccounts(query: PeopleQuery): Promise<DirectoryPage>
  /** Somebody can be written to from now on: they come first in the next search. */
  noteReachable(personId: PersonId): void
  /** Throws RelayError `not_found` or `licence_inactive`: only who may practise today signs in or is reached. */
  requirePractising(personId: PersonId): Promise<DirectoryPerson>
}

type Vouched = Pick<VouchedPeople, 'person' | 'search'>

export function createPeople(directory: Directory, accounts: AccountStore, vouched: Vouched): People {
  async function find(personId: PersonId): Promise<DirectoryPerson> {
    const found = await directory.person(personId)
    const person = found ? describe(found) : await vouched.person(personId)
    if (person === undefined) throw new RelayError('not_found')
    return person
  }
  async function search({ limit, offset, ...query }: PeopleQuery): Promise<DirectoryPage> {
    const admitted = await vouched.search(query)
    const page = pageBeside(admitted.length, { limit, offset })
    const { rows, total, elsewhere, refusal } = await directory.search(query, page.ofRegister)
    return {
      rows: page.join(rows.map(describeRow), total, admitted),
      total: total + admitted.length,
      ...(elsewhere === undefined ? {} : { elsewhere }),
      ...(refusal === undefined ? {} : { refusal }),
    }
  }
  return {
    person: find,
    async personWithAccount(personId) {
      const person = await find(personId)
      return withAccount(person, await accounts.reachable([personId]))
    },
    search,
    noteReachable: (personId) => directory.markReachable([personId], true),
    async searchWithAccounts(query) {
      const page = await search(query)
      // Who comes first may be a moment old; who can be written to is as the store has it now.
      const known = await accounts.reachable(page.rows.map(({ personId }) => personId))
      return { ...page, rows: page.rows.map((row) => withAccount(row, known)) }
    },
    async requirePractising(personId) {
      const person = await find(personId)
      if (person.deceased || !isActive(person)) throw new RelayError('licence_inactive')
      return person
    },
  }
}

/**
 * The register's best come first, then those whom somebody answers for, who bear every word that was typed, then the rest
 * of the register: so nobody stands before a better-known namesake, nor behind pages of mere resemblance.
 */
const REGISTER_FIRST = 10

function pageBeside(admitted: number, { limit, offset }: { limit: number; offset: number }) {
  const skipped = Math.max(0, Math.min(admitted, offset - REGISTER_FIRST))
  const ofRegister = { limit, offset: offset - skipped }
  return {
    ofRegister,
    join(rows: DirectoryPerson[], registered: number, people: DirectoryPerson[]): DirectoryPerson[] {
      const before = Math.max(0, REGISTER_FIRST - ofRegister.offset)
      const shown = people.slice(Math.max(0, offset - Math.min(REGISTER_FIRST, registered)))
      const joined = [...rows.slice(0, before), ...shown, ...rows.slice(before)]
      return joined.slice(0, limit)
    },
  }
}

/** Whoever practises nothing any more cannot be written to, account or not. */
function withAccount(person: DirectoryPerson, known: Map<PersonId, AccountId>): DirectoryPerson {
  const accountId = known.get(person.personId)
  const isReachable = !person.deceased && person.roles.some(({ active }) => active)
  return accountId === undefined || !isReachable ? person : { ...person, accountId }
}

/** A row has the roles that were asked for first, and only those that may be practised. */
function describeRow({ personId, lastName, firstName, deceased, roles }: SearchRow): DirectoryPerson {
  return {
    personId: personId as PersonId,
    lastName,
    firstName,
    deceased,
    roles: roles.map(({ place, ...role }) => ({ ...role, place: { ...place } })),
  }
}

/** What the contract shows of a person: nothing of the SSIN, not even its look-up value. */
function describe(person: Person): DirectoryPerson {
  return {
    personId: person.personId as PersonId,
    lastName: person.lastName,
    firstName: person.firstName,
    deceased: person.deceased,
    roles: person.roles.map((role) => ({
      roleId: role.roleId,
      profession: role.profession,
      cdHcparty: role.cdHcparty,
      ...(role.specialty === undefined ? {} : { specialty: role.specialty }),
      ...(role.organisation === undefined ? {} : { organisation: role.organisation.name }),
      place: { ...role.location },
      ...(role.nihii8 === undefined ? {} : { nihii8: role.nihii8 }),
      active: isRoleActive(role, Date.now()),
    })),
  }
}
