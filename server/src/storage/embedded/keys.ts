/** Prekeys in SQLite. Rows are taken inside one write, so no key is handed out twice. */
import type { DeviceId } from '@pli/protocol/wire'
import type { KeyStore, NewDeviceKeys, StoredBundle, StoredPreKey, StoredSignedKey } from '../interfaces.ts'
import type { Database } from './database.ts'
import type { FindDeviceKey } from './find-device.ts'

type Kind = 'ec' | 'kyber'

interface KeyRow {
  id: number
  public_key: Uint8Array
  signature: Uint8Array | null
}

/** Runs inside a write. */
export type InsertKeys = (deviceKey: number, keys: Partial<NewDeviceKeys>) => void

export function prepareInsertKeys(database: Database): InsertKeys {
  const setSigned = database.prepare(
    `INSERT INTO signed_keys (device_key, kind, id, public_key, signature) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET id = excluded.id, public_key = excluded.public_key, signature = excluded.signature`,
  )
  const addOneTime = database.prepare(
    `INSERT INTO one_time_keys (device_key, kind, id, public_key, signature) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  )
  return (deviceKey, { signedPreKey, lastResortKyberPreKey, preKeys = [], kyberPreKeys = [] }) => {
    const signed = (kind: Kind, key: StoredSignedKey | undefined) => {
      if (key) setSigned.run(deviceKey, kind, key.id, key.publicKey, key.signature)
    }
    signed('ec', signedPreKey)
    signed('kyber', lastResortKyberPreKey)
    for (const key of preKeys) addOneTime.run(deviceKey, 'ec', key.id, key.publicKey, null)
    for (const key of kyberPreKeys) addOneTime.run(deviceKey, 'kyber', key.id, key.publicKey, key.signature)
  }
}

export function embeddedKeys(
  database: Database,
  findDeviceKey: FindDeviceKey,
  insertKeys: InsertKeys,
): KeyStore {
  const count = database.prepare<{ n: number }>(
    'SELECT count(*) AS n FROM one_time_keys WHERE device_key = ? AND kind = ? AND public_key IS NOT NULL',
  )
  const countsOf = (deviceKey: number) => ({
    preKeys: count.get(deviceKey, 'ec')?.n ?? 0,
    kyberPreKeys: count.get(deviceKey, 'kyber')?.n ?? 0,
  })
  const takeBundles = prepareTakeBundles(database)

  return {
    add: (address, keys, heldAtMost) =>
      database.write(() => {
        const deviceKey = findDeviceKey(address)
        if (deviceKey === undefined) return 'no_device'
        const held = countsOf(deviceKey)
        const tooMany =
          held.preKeys + (keys.preKeys?.length ?? 0) > heldAtMost ||
          held.kyberPreKeys + (keys.kyberPreKeys?.length ?? 0) > heldAtMost
        if (tooMany) return 'too_many'
        insertKeys(deviceKey, keys)
        return 'added'
      }),
    counts: (address) =>
      database.read(() => {
        const deviceKey = findDeviceKey(address)
        return deviceKey === undefined ? { preKeys: 0, kyberPreKeys: 0 } : countsOf(deviceKey)
      }),
    takeBundles: (accountId, { oneTime }) => database.write(() => takeBundles(accountId, oneTime)),
  }
}

function prepareTakeBundles(database: Database) {
  const identity = database.prepare<{ identity_key: Uint8Array }>(
    'SELECT identity_key FROM accounts WHERE account_id = ?',
  )
  const devices = database.prepare<{ device_key: number; device_id: number; registration_id: number }>(
    'SELECT device_key, device_id, registration_id FROM devices WHERE account_id = ? ORDER BY device_id',
  )
  const signedKey = database.prepare<KeyRow>(
    'SELECT id, public_key, signature FROM signed_keys WHERE device_key = ? AND kind = ?',
  )
  const first = database.prepare<KeyRow & { position: number }>(
    `SELECT position, id, public_key, signature FROM one_time_keys
     WHERE device_key = ? AND kind = ? AND public_key IS NOT NULL ORDER BY position LIMIT 1`,
  )
  const spend = database.prepare(
    'UPDATE one_time_keys SET public_key = NULL, signature = NULL WHERE position = ?',
  )
  const take = (deviceKey: number, kind: Kind) => {
    const row = first.get(deviceKey, kind)
    if (row) spend.run(row.position)
    return row
  }

  return (accountId: string, oneTime: boolean) => {
    const account = identity.get(accountId)
    const bundles = devices.all(accountId).flatMap((device): StoredBundle[] => {
      const { device_key: deviceKey } = device
      const signedPreKey = toSignedKey(signedKey.get(deviceKey, 'ec'))
      const preKey = toPreKey(oneTime ? take(deviceKey, 'ec') : undefined)
      const kyberPreKey =
        toSignedKey(oneTime ? take(deviceKey, 'kyber') : undefined) ??
        toSignedKey(signedKey.get(deviceKey, 'kyber'))
      if (!signedPreKey || !kyberPreKey) return []
      return [
        {
          deviceId: device.device_id as DeviceId,
          registrationId: device.registration_id,
          signedPreKey,
          ...(preKey ? { preKey } : {}),
          kyberPreKey,
        },
      ]
    })
    if (!account || bundles.length === 0) return undefined
    return { identityKey: account.identity_key, devices: bundles }
  }
}

function toPreKey(row: KeyRow | undefined): StoredPreKey | undefined {
  return row && { id: row.id, publicKey: row.public_key }
}

function toSignedKey(row: KeyRow | undefined): StoredSignedKey | undefined {
  if (!row || row.signature === null) return undefined
  return { id: row.id, publicKey: row.public_key, signature: row.signature }
}
