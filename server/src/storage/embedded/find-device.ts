/** The row of a device by its address: what queues, keys and subscriptions hang on. */
import type { DeviceAddress } from '../interfaces.ts'
import type { Database } from './database.ts'

export type FindDeviceKey = (address: DeviceAddress) => number | undefined

export function prepareFindDeviceKey(database: Database): FindDeviceKey {
  const find = database.prepare<{ device_key: number }>(
    'SELECT device_key FROM devices WHERE account_id = ? AND device_id = ?',
  )
  return ({ accountId, deviceId }) => find.get(accountId, deviceId)?.device_key
}
