/**
 * Purpose: the directory as the relay uses it: finding people, and telling devices who of them can be written to.
 * Not concerned with ranking (the `directory` package), nor with where the people come from.
 */
import { isPractising, isRoleActive, type Person, type SearchQuery, type SearchRow } from '@pli/directory'
import type { AccountId, DirectoryPage, DirectoryPerson, PersonId } from '@pli/protocol/wire'
import { RelayError } from '../../errors.ts'
import type { AccountStore } from '../../storage/interfaces.ts'
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

export function createPeople(directory: Directory, accounts: AccountStore): People {
  async function find(personId: PersonId): Promise<Person> {
    const found = await directory.person(personId)
    if (found === undefined) throw new RelayError('not_found')
    return found
  }
  async function search({ limit, offset, ...query }: PeopleQuery): Promise<DirectoryPage> {
    const { rows, total, elsewhere, refusal } = await directory.search(query, { limit, offset })
    return {
      rows: rows.map(describeRow),
      total,
      ...(elsewhere === undefined ? {} : { elsewhere }),
      ...(refusal === undefined ? {} : { refusal }),
    }
  }
  return {
    person: async (personId) => describe(await find(personId)),
    async personWithAccount(personId) {
      const person = describe(await find(personId))
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
      if (!isPractising(person, Date.now())) throw new RelayError('licence_inactive')
      return describe(person)
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
