/** Push subscriptions in SQLite. */
import type { PushStore } from '../interfaces.ts'
import type { Database } from './database.ts'
import type { FindDeviceKey } from './find-device.ts'

export function embeddedPush(database: Database, findDeviceKey: FindDeviceKey): PushStore {
  const set = database.prepare(
    'INSERT OR REPLACE INTO push_subscriptions (device_key, endpoint, p256dh, auth) VALUES (?, ?, ?, ?)',
  )
  const get = database.prepare<{ endpoint: string; p256dh: Uint8Array; auth: Uint8Array }>(
    'SELECT endpoint, p256dh, auth FROM push_subscriptions WHERE device_key = ?',
  )
  const remove = database.prepare(
    'DELETE FROM push_subscriptions WHERE device_key = ?1 AND endpoint = coalesce(?2, endpoint)',
  )

  return {
    set: (address, { endpoint, p256dh, auth }) =>
      database.write(() => {
        const deviceKey = findDeviceKey(address)
        if (deviceKey === undefined) return false
        set.run(deviceKey, endpoint, p256dh, auth)
        return true
      }),
    get: (address) =>
      database.read(() => {
        const deviceKey = findDeviceKey(address)
        const row = deviceKey === undefined ? undefined : get.get(deviceKey)
        return row && { endpoint: row.endpoint, p256dh: row.p256dh, auth: row.auth }
      }),
    remove: (address, endpoint) =>
      database.write(() => {
        const deviceKey = findDeviceKey(address)
        if (deviceKey !== undefined) remove.run(deviceKey, endpoint ?? null)
      }),
  }
}
