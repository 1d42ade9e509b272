/** Accounts in SQLite. */
import type { AccountId, PersonId, Proof } from '@pli/protocol/wire'
import type { AccountStore, NewAccount, StoredAccount } from '../interfaces.ts'
import type { Database } from './database.ts'
import type { EraseDevice } from './erase-device.ts'

interface AccountRow {
  account_id: string
  person_id: string
  identity_key: Uint8Array
  proof_kind: string
  proof_at_ms: number
  issuer: string | null
  subject: string | null
  login_name: string | null
  password_hash: string | null
  created_at_ms: number
}

export function embeddedAccounts(database: Database, eraseDevice: EraseDevice): AccountStore {
  const find = (condition: string) =>
    database.prepare<AccountRow>(`SELECT * FROM accounts WHERE ${condition} LIMIT 1`)
  const byId = find('account_id = ?')
  const byPersonId = find('person_id = ?')
  const bySubject = find('issuer = ? AND subject = ?')
  const byLoginName = find('login_name = ?')
  const insert = prepareInsertAccount(database)
  const setLogin = database.prepare(
    'UPDATE accounts SET login_name = ?, password_hash = ? WHERE account_id = ?',
  )
  const reachable = database.prepare<{ person_id: string; account_id: string }>(
    `SELECT person_id, account_id FROM accounts WHERE person_id IN (SELECT value FROM json_each(?))
     AND EXISTS (SELECT 1 FROM devices WHERE devices.account_id = accounts.account_id)`,
  )
  const listReachable = database.prepare<{ person_id: string }>(
    `SELECT person_id FROM accounts WHERE person_id > ?
     AND EXISTS (SELECT 1 FROM devices WHERE devices.account_id = accounts.account_id)
     ORDER BY person_id LIMIT ?`,
  )
  const deviceKeys = database.prepare<{ device_key: number }>(
    'SELECT device_key FROM devices WHERE account_id = ?',
  )
  const deleteTickets = database.prepare(
    'DELETE FROM tickets WHERE person_id = (SELECT person_id FROM accounts WHERE account_id = ?)',
  )
  const deleteAccount = database.prepare('DELETE FROM accounts WHERE account_id = ?')

  return {
    create: (account) =>
      database.write(() => {
        if (byPersonId.get(account.personId)) return 'person_taken'
        const { oidc } = account
        if (oidc && bySubject.get(oidc.issuer, oidc.subject)) return 'subject_taken'
        insert(account)
        return 'created'
      }),
    byId: (accountId) => database.read(() => toAccount(byId.get(accountId))),
    byPersonId: (personId) => database.read(() => toAccount(byPersonId.get(personId))),
    bySubject: (oidc) => database.read(() => toAccount(bySubject.get(oidc.issuer, oidc.subject))),
    byLoginName: (name) => database.read(() => toAccount(byLoginName.get(name))),
    reachable: (personIds) =>
      database.read(() => {
        const rows = reachable.all(JSON.stringify(personIds))
        return new Map(rows.map((row) => [row.person_id as PersonId, row.account_id as AccountId]))
      }),
    listReachable: (after, limit) =>
      database.read(() => listReachable.all(after ?? '', limit).map((row) => row.person_id as PersonId)),
    setLogin: (accountId, login) =>
      database.write(() => {
        const holder = byLoginName.get(login.name)
        if (holder && holder.account_id !== accountId) return 'login_taken'
        return setLogin.run(login.name, login.passwordHash, accountId) > 0 ? 'set' : 'no_account'
      }),
    delete: (accountId) =>
      database.write(() => {
        for (const { device_key: deviceKey } of deviceKeys.all(accountId)) eraseDevice(deviceKey)
        deleteTickets.run(accountId)
        deleteAccount.run(accountId)
      }),
  }
}

export function prepareInsertAccount(database: Database): (account: NewAccount) => void {
  const insert = database.prepare(
    `INSERT INTO accounts (account_id, person_id, identity_key, proof_kind, proof_at_ms, issuer, subject,
     created_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  return ({ accountId, personId, identityKey, proof, oidc, createdAtMs }) => {
    const pin = [oidc?.issuer ?? null, oidc?.subject ?? null] as const
    insert.run(accountId, personId, identityKey, proof.kind, proof.atMs, ...pin, createdAtMs)
  }
}

function toAccount(row: AccountRow | undefined): StoredAccount | undefined {
  if (!row) return undefined
  const { issuer, subject, login_name: loginName, password_hash: passwordHash } = row
  return {
    accountId: row.account_id as AccountId,
    personId: row.person_id as PersonId,
    identityKey: row.identity_key,
    proof: { kind: row.proof_kind as Proof['kind'], atMs: row.proof_at_ms },
    ...(issuer !== null && subject !== null ? { oidc: { issuer, subject } } : {}),
    ...(loginName !== null && passwordHash !== null ? { login: { name: loginName, passwordHash } } : {}),
    createdAtMs: row.created_at_ms,
  }
}
