/**
 * Purpose: what a person sees of their own account, what others see of it, its password, and its end.
 * Not concerned with proving who somebody is, nor with adding devices.
 */
import type { AccountId, OwnAccount, PersonId, PublicAccount } from '@pli/protocol/wire'
import { RelayError } from '../../errors.ts'
import type { Storage, StoredAccount } from '../../storage/interfaces.ts'
import type { People } from '../directory/people.ts'
import type { Passwords } from './passwords.ts'

export interface Accounts {
  /** Throws RelayError `not_found`. */
  own(accountId: AccountId): Promise<OwnAccount>
  ownOfPerson(personId: PersonId): Promise<OwnAccount | undefined>
  /** Throws RelayError `not_reachable` when it has no device. */
  publicly(accountId: AccountId): Promise<PublicAccount>
  /** Throws RelayError `conflict` when the login name is somebody else's. */
  setPassword(accountId: AccountId, login: { loginName: string; password: string }): Promise<void>
}

type Stores = Pick<Storage, 'accounts' | 'devices'>

export function createAccounts(stores: Stores, people: People, passwords: Passwords): Accounts {
  async function describe(account: StoredAccount): Promise<OwnAccount> {
    const devices = await stores.devices.listByAccount(account.accountId)
    return {
      accountId: account.accountId,
      person: await people.person(account.personId),
      proof: account.proof,
      devices: devices.map(({ deviceId, name, createdAtMs, lastSeenDay }) => ({
        deviceId,
        name,
        createdAtMs,
        lastSeenDay,
      })),
      ...(account.login === undefined ? {} : { loginName: account.login.name }),
    }
  }
  return {
    async own(accountId) {
      const account = await stores.accounts.byId(accountId)
      if (account === undefined) throw new RelayError('not_found')
      return describe(account)
    },
    async ownOfPerson(personId) {
      const account = await stores.accounts.byPersonId(personId)
      return account === undefined ? undefined : describe(account)
    },
    async publicly(accountId) {
      const account = await stores.accounts.byId(accountId)
      const devices = account === undefined ? [] : await stores.devices.listByAccount(accountId)
      if (account === undefined || devices.length === 0) throw new RelayError('not_reachable')
      return {
        accountId,
        person: { ...(await people.person(account.personId)), accountId },
        identityKey: new Uint8Array(account.identityKey),
        proof: account.proof,
        devices: devices.map(({ deviceId, registrationId }) => ({ deviceId, registrationId })),
      }
    },
    async setPassword(accountId, { loginName, password }) {
      const passwordHash = await passwords.hash(password)
      const outcome = await stores.accounts.setLogin(accountId, { name: loginName, passwordHash })
      if (outcome === 'login_taken') throw new RelayError('conflict', 'login name taken')
      if (outcome === 'no_account') throw new RelayError('not_found')
    },
  }
}
