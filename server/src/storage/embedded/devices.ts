/** Devices in SQLite: registration as one step, lookups, removal. */
import type { AccountId, DeviceId } from '@pli/protocol/wire'
import type { DeviceRegistered, DeviceRegistration, DeviceStore, StoredDevice } from '../interfaces.ts'
import { prepareInsertAccount } from './accounts.ts'
import type { Database } from './database.ts'
import type { EraseDevice } from './erase-device.ts'
import type { InsertKeys } from './keys.ts'
import type { Queues } from './queues.ts'

const LAST_DEVICE_ID = 127

interface DeviceRow {
  device_key: number
  account_id: string
  device_id: number
  registration_id: number
  name: string
  created_at_ms: number
  last_seen_day: string
}

interface OwnerRow {
  account_id: string
  person_id: string
  issuer: string | null
  subject: string | null
  last_device_id: number
}

export function embeddedDevices(
  database: Database,
  queues: Queues,
  eraseDevice: EraseDevice,
  insertKeys: InsertKeys,
): DeviceStore {
  const find = (condition: string) =>
    database.prepare<DeviceRow>(
      `SELECT device_key, account_id, device_id, registration_id, name, created_at_ms, last_seen_day
       FROM devices WHERE ${condition}`,
    )
  const byTokenHash = find('token_hash = ?')
  const byRevocationHash = find('revocation_hash = ?')
  const byAddress = find('account_id = ? AND device_id = ?')
  const byAccount = find('account_id = ? ORDER BY device_id')
  const touch = database.prepare(
    'UPDATE devices SET last_seen_day = ? WHERE account_id = ? AND device_id = ? AND last_seen_day <> ?',
  )
  const register = prepareRegister(database, queues, eraseDevice, insertKeys)

  return {
    register: (registration) => database.write(() => register(registration)),
    byTokenHash: (tokenHash) => database.read(() => toDevice(byTokenHash.get(tokenHash))),
    byAddress: ({ accountId, deviceId }) => database.read(() => toDevice(byAddress.get(accountId, deviceId))),
    listByAccount: (accountId) => database.read(() => byAccount.all(accountId).flatMap(toDevices)),
    remove: ({ accountId, deviceId }) =>
      database.write(() => {
        const row = byAddress.get(accountId, deviceId)
        if (row) eraseDevice(row.device_key)
        return row !== undefined
      }),
    removeByRevocationHash: (revocationHash) =>
      database.write(() => {
        const row = byRevocationHash.get(revocationHash)
        if (row) eraseDevice(row.device_key)
        return toDevice(row)
      }),
    touch: ({ accountId, deviceId }, day) =>
      database.write(() => {
        touch.run(day, accountId, deviceId, day)
      }),
  }
}

function prepareRegister(
  database: Database,
  queues: Queues,
  eraseDevice: EraseDevice,
  insertKeys: InsertKeys,
) {
  const owner = (condition: string) =>
    database.prepare<OwnerRow>(
      `SELECT account_id, person_id, issuer, subject, last_device_id FROM accounts WHERE ${condition}`,
    )
  const byPerson = owner('person_id = ?')
  const bySubject = owner('issuer = ? AND subject = ?')
  const existing = database.prepare<{ device_key: number; device_id: number }>(
    'SELECT device_key, device_id FROM devices WHERE account_id = ? ORDER BY device_id',
  )
  const insertAccount = prepareInsertAccount(database)
  const renew = database.prepare(
    `UPDATE accounts SET identity_key = ?, proof_kind = ?, proof_at_ms = ?, issuer = coalesce(issuer, ?),
     subject = coalesce(subject, ?), last_device_id = ? WHERE account_id = ?`,
  )
  const insertDevice = database.prepare<{ device_key: number }>(
    `INSERT INTO devices (account_id, device_id, registration_id, name, token_hash, revocation_hash, created_at_ms,
     last_seen_day) VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING device_key`,
  )

  function insertFor(accountId: AccountId, deviceId: number, registration: DeviceRegistration): void {
    const { registrationId, name, tokenHash, revocationHash, nowMs, keys } = registration
    const day = new Date(nowMs).toISOString().slice(0, 10)
    const hashes = [tokenHash, revocationHash] as const
    queues.devicesChange(accountId)
    const row = insertDevice.get(accountId, deviceId, registrationId, name, ...hashes, nowMs, day)
    if (row) insertKeys(row.device_key, keys)
  }

  return (registration: DeviceRegistration): DeviceRegistered => {
    const { personId, identityKey, proof, oidc, nowMs } = registration
    const found = byPerson.get(personId)
    if (oidc) {
      const holder = bySubject.get(oidc.issuer, oidc.subject)
      const pinnedElsewhere = found && found.subject !== null && !isPinnedTo(found, oidc)
      if (pinnedElsewhere || (holder && holder.person_id !== personId)) return { outcome: 'subject_mismatch' }
    }
    const older = found ? existing.all(found.account_id) : []
    if (older.length > 0 && !registration.replaceExisting) return { outcome: 'device_exists' }
    for (const device of older) eraseDevice(device.device_key)

    const accountId = (found?.account_id as AccountId | undefined) ?? registration.newAccountId
    if (!found) insertAccount({ ...registration, accountId, createdAtMs: nowMs })
    const deviceId = ((found?.last_device_id ?? 0) % LAST_DEVICE_ID) + 1
    const pin = [oidc?.issuer ?? null, oidc?.subject ?? null] as const
    renew.run(identityKey, proof.kind, proof.atMs, ...pin, deviceId, accountId)
    insertFor(accountId, deviceId, registration)
    const replaced = older.map((device) => device.device_id as DeviceId)
    return { outcome: 'registered', accountId, deviceId: deviceId as DeviceId, replaced }
  }
}

function isPinnedTo(account: OwnerRow, oidc: { issuer: string; subject: string }): boolean {
  return account.issuer === oidc.issuer && account.subject === oidc.subject
}

function toDevice(row: DeviceRow | undefined): StoredDevice | undefined {
  if (!row) return undefined
  return {
    accountId: row.account_id as AccountId,
    deviceId: row.device_id as DeviceId,
    registrationId: row.registration_id,
    name: row.name,
    createdAtMs: row.created_at_ms,
    lastSeenDay: row.last_seen_day,
  }
}

function toDevices(row: DeviceRow): StoredDevice[] {
  const device = toDevice(row)
  return device ? [device] : []
}
