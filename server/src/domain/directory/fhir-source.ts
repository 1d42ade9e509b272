/**
 * Purpose: the directory and the accounts as the FHIR face asks them, for a device and for whoever only signed in:
 * who can be written to is told to devices alone.
 * Not concerned with resources, nor with pages of them.
 */
import { isPractising, type Person } from '@pli/directory'
import type { BatchOfPeople, FhirSource } from '@pli/directory/fhir'
import { type AccountId, accountId, type PersonId } from '@pli/protocol/wire'
import type { AccountStore } from '../../storage/interfaces.ts'
import type { Directory } from './directory.ts'

type Accounts = Pick<AccountStore, 'reachable' | 'byId'>

/** All methods throw RelayError `unavailable` while the directory does not answer. */
export interface FhirSources {
  forDevices: FhirSource
  forOthers: FhirSource
}

export function createFhirSources(directory: Directory, accounts: Accounts): FhirSources {
  const common = createCommonSource(directory)
  return {
    forDevices: {
      ...common,
      accounts: (people) => accountsOf(people, accounts),
      async personOfAccount(text) {
        const id = accountId.safeParse(text)
        return id.success ? personOf(id.data, directory, accounts) : undefined
      },
    },
    forOthers: { ...common, accounts: async () => new Map(), personOfAccount: async () => undefined },
  }
}

function createCommonSource(directory: Directory): Omit<FhirSource, 'accounts' | 'personOfAccount'> {
  return {
    async search(query, page): Promise<BatchOfPeople> {
      const { rows, total, refusal } = await directory.search(query, page)
      const known = await directory.people(rows.map(({ personId }) => personId))
      const people = rows.flatMap(({ personId }) => known.get(personId) ?? [])
      return { people, total, ...(refusal === undefined ? {} : { refusal }) }
    },
    person: (personId) => directory.person(personId),
    organisations: (query, page) => directory.organisations(query, page),
    async organisation(organisationId) {
      const found = await directory.organisations({ organisationId }, { limit: 1, offset: 0 })
      return found.organisations[0]
    },
    locations: (query) => directory.locations(query),
    location: (nsi, postcode) => directory.location(nsi, postcode),
  }
}

/** Whoever may not practise is not written to, account or not. */
async function accountsOf(people: readonly Person[], accounts: Accounts): Promise<Map<string, AccountId>> {
  const nowMs = Date.now()
  const practising = people.filter((person) => isPractising(person, nowMs))
  const ids = [...new Set(practising.map(({ personId }) => personId as PersonId))]
  return ids.length === 0 ? new Map() : accounts.reachable(ids)
}

async function personOf(
  id: AccountId,
  directory: Directory,
  accounts: Accounts,
): Promise<Person | undefined> {
  const account = await accounts.byId(id)
  const person = account && (await directory.person(account.personId))
  return person && (await accountsOf([person], accounts)).has(person.personId) ? person : undefined
}
