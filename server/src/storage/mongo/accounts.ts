/** Accounts in MongoDB: one document each, with the list of its devices. */
import { randomUUID } from 'node:crypto'
import type { AccountId, PersonId } from '@pli/protocol/wire'
import type { AccountStore, NewAccount, StoredAccount } from '../interfaces.ts'
import type { AccountDocument } from './documents.ts'
import { isDuplicate } from './failures.ts'
import type { Models } from './models.ts'
import type { Transitions } from './transitions.ts'

export function mongoAccounts({ accounts, tickets }: Models, transitions: Transitions): AccountStore {
  const find = async (filter: object) =>
    toAccount(await accounts.findOne(filter).lean<AccountDocument | null>())
  const bySubject = ({ issuer, subject }: { issuer: string; subject: string }) =>
    find({ 'oidc.issuer': issuer, 'oidc.subject': subject })

  /** Undefined when another change of the devices came first. */
  async function tryDelete(accountId: AccountId): Promise<'deleted' | undefined> {
    const account = await accounts.findOne({ _id: accountId }).lean<AccountDocument | null>()
    if (!account) return 'deleted'
    const devices = account.devices.map(({ deviceKey }) => deviceKey)
    if (devices.length > 0) await transitions.begin(account._id, devices)
    await tickets.deleteMany({ personId: account.personId })
    const { deletedCount } = await accounts.deleteOne({ _id: account._id, revision: account.revision })
    if (deletedCount === 0) return undefined
    await transitions.erase(devices)
    return 'deleted'
  }

  return {
    async create(account) {
      try {
        // The unique indexes decide, also between nodes.
        await accounts.insertMany([newAccount(account)])
        return 'created'
      } catch (error) {
        if (!isDuplicate(error)) throw error
        return (await find({ personId: account.personId })) ? 'person_taken' : 'subject_taken'
      }
    },
    byId: (accountId) => find({ _id: accountId }),
    byPersonId: (personId) => find({ personId }),
    bySubject,
    byLoginName: (name) => find({ 'login.name': name }),
    async reachable(personIds) {
      const filter = { personId: { $in: personIds }, 'devices.0': { $exists: true } }
      const found = await accounts.find(filter, { personId: 1 }).lean<AccountDocument[]>()
      return new Map(found.map(({ personId, _id }) => [personId, _id]))
    },
    async listReachable(after, limit) {
      const filter = { personId: { $gt: after ?? ('' as PersonId) }, 'devices.0': { $exists: true } }
      const found = await accounts
        .find(filter, { personId: 1 })
        .sort({ personId: 1 })
        .limit(limit)
        .lean<AccountDocument[]>()
      return found.map(({ personId }) => personId)
    },
    async setLogin(accountId, login) {
      const holder = await find({ 'login.name': login.name })
      if (holder && holder.accountId !== accountId) return 'login_taken'
      try {
        const { matchedCount } = await accounts.updateOne({ _id: accountId }, { $set: { login } })
        return matchedCount > 0 ? 'set' : 'no_account'
      } catch (error) {
        if (isDuplicate(error)) return 'login_taken'
        throw error
      }
    },
    async delete(accountId) {
      while ((await tryDelete(accountId)) === undefined);
    },
  }
}

export function newAccount({
  accountId,
  personId,
  identityKey,
  proof,
  oidc,
  createdAtMs,
}: NewAccount): AccountDocument {
  return {
    _id: accountId,
    personId,
    identityKey: Buffer.from(identityKey),
    proof,
    ...(oidc ? { oidc } : {}),
    createdAtMs,
    lastDeviceId: 0,
    devices: [],
    revision: 0,
  }
}

/** A name for one registration of a device; never used twice. */
export function newDeviceKey(): string {
  return randomUUID()
}

function toAccount(document: AccountDocument | null): StoredAccount | undefined {
  if (!document) return undefined
  const { _id: accountId, personId, identityKey, proof, oidc, login, createdAtMs } = document
  return {
    accountId,
    personId,
    identityKey,
    proof: { kind: proof.kind, atMs: proof.atMs },
    ...(oidc ? { oidc: { issuer: oidc.issuer, subject: oidc.subject } } : {}),
    ...(login ? { login: { name: login.name, passwordHash: login.passwordHash } } : {}),
    createdAtMs,
  }
}
