/** Which device of which account. */
import type { AccountId, DeviceId } from '@pli/protocol/wire'

export interface DeviceAddress {
  accountId: AccountId
  deviceId: DeviceId
}
