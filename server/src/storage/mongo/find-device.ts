/** The device key at an address: what queues, keys and subscriptions hang on. */
import type { DeviceAddress } from '../interfaces.ts'
import type { DeviceKey } from './documents.ts'
import type { Models } from './models.ts'

export async function findDeviceKey(
  { accounts }: Models,
  { accountId, deviceId }: DeviceAddress,
): Promise<DeviceKey | undefined> {
  const account = await accounts.findOne({ _id: accountId }, { devices: 1 }).lean()
  return account?.devices.find((device) => device.deviceId === deviceId)?.deviceKey
}
