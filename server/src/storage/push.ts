/** Push subscriptions, one per device; they go with it. Not concerned with sending. */
import type { DeviceAddress } from './device-address.ts'

export interface StoredPushSubscription {
  endpoint: string
  /** 65 bytes. */
  p256dh: Uint8Array
  /** 16 bytes. */
  auth: Uint8Array
}

export interface PushStore {
  /** False when there is no such device. */
  set(address: DeviceAddress, subscription: StoredPushSubscription): Promise<boolean>
  get(address: DeviceAddress): Promise<StoredPushSubscription | undefined>
  /** With an endpoint, only if it is still that one. */
  remove(address: DeviceAddress, endpoint?: string): Promise<void>
}
