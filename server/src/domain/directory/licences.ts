/**
 * Purpose: an account lives as long as its person may practise. When the register withdraws a licence, or has the person
 * no more, the account is suspended: its connections are cut off at once, its devices and sessions are refused, and
 * nobody can write to it. Nothing is erased: with the licence everything comes back.
 * Not concerned with how the register is followed (`follow-register.ts`).
 */
import { isPractising, type Person } from '@pli/directory'
import type { AccountId, PersonId } from '@pli/protocol/wire'
import { RelayError } from '../../errors.ts'
import type { Log } from '../../log.ts'
import type { AccountStore } from '../../storage/interfaces.ts'
import type { Connections } from '../relay/connections.ts'

/** The register as it is now. */
export interface Register {
  /** At most 1,000. */
  personsById(personIds: readonly string[]): Promise<ReadonlyMap<string, Person>>
}

export interface Licences {
  isSuspended(accountId: AccountId): boolean
  /** Throws RelayError `licence_inactive`. */
  requireActive(accountId: AccountId): void
  /** These people may have gained or lost the right to practise; at most 1,000. */
  review(personIds: readonly PersonId[]): Promise<void>
  /** Everybody with a device. When the register does not answer, all stays as it is. */
  reviewAll(): Promise<void>
}

/** Those of these people, at most 1,000, who may practise now. */
export type WhoPractises = (personIds: readonly PersonId[]) => Promise<ReadonlySet<PersonId>>

export function practisingIn(register: Register, nowMs: () => number): WhoPractises {
  return async (personIds) => {
    const found = await register.personsById(personIds)
    const active = [...found.values()].filter((person) => isPractising(person, nowMs()))
    return new Set(active.map(({ personId }) => personId as PersonId))
  }
}

interface Sources {
  whoPractises: WhoPractises
  accounts: Pick<AccountStore, 'byPersonId' | 'listReachable'>
  connections: Pick<Connections, 'cutOffAccount'>
  log: Log
}

const REVIEWED_AT_ONCE = 1_000

export function createLicences({ whoPractises, accounts, connections, log }: Sources): Licences {
  const suspended = new Map<PersonId, AccountId>()
  const suspendedAccounts = new Set<AccountId>()

  async function suspend(personId: PersonId): Promise<void> {
    const account = await accounts.byPersonId(personId)
    if (account === undefined) return
    const { accountId } = account
    const isNew = !suspendedAccounts.has(accountId)
    suspended.set(personId, accountId)
    suspendedAccounts.add(accountId)
    connections.cutOffAccount(accountId, 'licence_inactive')
    if (isNew) log.info({}, 'an account was suspended: its person may not practise')
  }

  function resume(personId: PersonId): void {
    const accountId = suspended.get(personId)
    if (accountId === undefined) return
    suspended.delete(personId)
    suspendedAccounts.delete(accountId)
    log.info({}, 'an account was resumed: its person may practise')
  }

  async function review(personIds: readonly PersonId[]): Promise<void> {
    const practising = await whoPractises(personIds)
    for (const personId of personIds) {
      if (practising.has(personId)) resume(personId)
      else await suspend(personId)
    }
  }

  return {
    isSuspended: (accountId) => suspendedAccounts.has(accountId),
    requireActive(accountId) {
      if (suspendedAccounts.has(accountId)) throw new RelayError('licence_inactive')
    },
    review,
    async reviewAll() {
      const before = new Set(suspended.keys())
      let after: PersonId | undefined
      for (;;) {
        const page = await accounts.listReachable(after, REVIEWED_AT_ONCE)
        await review(page)
        for (const personId of page) before.delete(personId)
        after = page.at(-1)
        if (page.length < REVIEWED_AT_ONCE) break
      }
      const others = [...before]
      for (let at = 0; at < others.length; at += REVIEWED_AT_ONCE) {
        await review(others.slice(at, at + REVIEWED_AT_ONCE))
      }
    },
  }
}
