/** How a submission's device list differs from the recipient's, as the contract tells it. */
import type { DeviceId, DeviceMismatch } from '@pli/protocol/wire'

interface ListedDevice {
  deviceId: DeviceId
  registrationId: number
}

export function compareDevices(addressed: ListedDevice[], actual: ListedDevice[]): DeviceMismatch {
  const current = new Map(actual.map((device) => [device.deviceId, device.registrationId]))
  const named = new Set(addressed.map((device) => device.deviceId))
  const ids = (devices: ListedDevice[]) => devices.map((device) => device.deviceId)
  return {
    missing: actual.filter((device) => !named.has(device.deviceId)),
    extra: ids(addressed.filter((device) => !current.has(device.deviceId))),
    stale: ids(
      addressed.filter(({ deviceId, registrationId }) => {
        const known = current.get(deviceId)
        return known !== undefined && known !== registrationId
      }),
    ),
  }
}
