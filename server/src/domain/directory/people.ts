/**
 * Purpose: the directory as the relay uses it: finding people, and telling devices who of them can be written to.
 * Not concerned with ranking (the `directory` package), nor with where the people come from.
 */
import {
  type DirectoryIndex,
  isRoleActive,
  type Person,
  type SearchQuery,
  type SearchRow,
} from '@pli/directory'
import type { AccountId, DirectoryPage, DirectoryPerson, PersonId } from '@pli/protocol/wire'
import { RelayError } from '../../errors.ts'
import type { AccountStore } from '../../storage/interfaces.ts'

/** People whose reachability the store is asked about at once, and for one search in all. */
const ASKED_AT_ONCE = 1000
const ASKED_PER_SEARCH = 5000

export interface PeopleQuery extends SearchQuery {
  limit: number
  offset: number
}

export interface People {
  /** Throws RelayError `not_found`. */
  person(personId: PersonId): DirectoryPerson
  /** As a signed-in device may see it: with `accountId` when the person can be written to. */
  personWithAccount(personId: PersonId): Promise<DirectoryPerson>
  search(query: PeopleQuery): DirectoryPage
  /** The reachable first, within the directory's ranks. */
  searchWithAccounts(query: PeopleQuery): Promise<DirectoryPage>
  /** Throws RelayError `not_found` or `licence_inactive`: only who may practise today signs in or is reached. */
  requirePractising(personId: PersonId): DirectoryPerson
}

export function createPeople(index: DirectoryIndex, accounts: AccountStore): People {
  function find(personId: PersonId): Person {
    const found = index.person(personId)
    if (found === undefined) throw new RelayError('not_found')
    return found
  }
  return {
    person: (personId) => describe(find(personId)),
    async personWithAccount(personId) {
      const person = describe(find(personId))
      return withAccount(person, await accounts.reachable([personId]))
    },
    search({ limit, offset, ...query }) {
      const { rows, total } = index.search(query, { limit, offset })
      return { rows: rows.map(describeRow), total }
    },
    async searchWithAccounts({ limit, offset, ...query }) {
      // The ranks are the directory's knowledge and who can be written to is the store's, which answers later: so the
      // first search only learns about whom it matters, and the second ranks.
      const asked = new Set<PersonId>()
      const ask = (personId: string) => {
        if (asked.size < ASKED_PER_SEARCH) asked.add(personId as PersonId)
        return false
      }
      index.search(query, { limit, offset, reachable: ask })
      const known = await findReachable(accounts, [...asked])
      const reachable = (personId: string) => known.has(personId as PersonId)
      const { rows, total } = index.search(query, { limit, offset, reachable })
      return { rows: rows.map((row) => withAccount(describeRow(row), known)), total }
    },
    requirePractising(personId) {
      const person = find(personId)
      const isPractising = !person.deceased && person.roles.some((role) => isRoleActive(role, Date.now()))
      if (!isPractising) throw new RelayError('licence_inactive')
      return describe(person)
    },
  }
}

function withAccount(person: DirectoryPerson, known: Map<PersonId, AccountId>): DirectoryPerson {
  const accountId = known.get(person.personId)
  return accountId === undefined ? person : { ...person, accountId }
}

async function findReachable(
  accounts: AccountStore,
  personIds: PersonId[],
): Promise<Map<PersonId, AccountId>> {
  const known = new Map<PersonId, AccountId>()
  for (let at = 0; at < personIds.length; at += ASKED_AT_ONCE) {
    const found = await accounts.reachable(personIds.slice(at, at + ASKED_AT_ONCE))
    for (const [personId, accountId] of found) known.set(personId, accountId)
  }
  return known
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
