/**
 * Devices of accounts, with the keys they register.
 * Not concerned with verifying keys or with open connections.
 */
import type { AccountId, DeviceId, PersonId, Proof } from '@pli/protocol/wire'
import type { OidcSubject } from './accounts.ts'
import type { DeviceAddress } from './device-address.ts'
import type { NewDeviceKeys } from './keys.ts'

export interface StoredDevice extends DeviceAddress {
  registrationId: number
  name: string
  createdAtMs: number
  /** `YYYY-MM-DD`, nothing finer. */
  lastSeenDay: string
}

/** One atomic step: the account comes into being if it must, older devices go, the new one and its keys come. */
export interface DeviceRegistration {
  personId: PersonId
  proof: Proof
  /** Pinned to the account when it has no pin yet. */
  oidc?: OidcSubject
  /** Used when the person has no account. */
  newAccountId: AccountId
  /** 33 bytes; becomes the account's. */
  identityKey: Uint8Array
  registrationId: number
  name: string
  /** SHA-256 of the device token. */
  tokenHash: Uint8Array
  /** SHA-256 of the token that removes this device and does nothing else. */
  revocationHash: Uint8Array
  keys: NewDeviceKeys
  /** False: nothing changes and the answer is `device_exists` if the account has a device. */
  replaceExisting: boolean
  nowMs: number
}

export type DeviceRegistered =
  | { outcome: 'registered'; accountId: AccountId; deviceId: DeviceId; replaced: DeviceId[] }
  | { outcome: 'device_exists' }
  /** The account is pinned to another subject, or the subject to another account. */
  | { outcome: 'subject_mismatch' }

export interface DeviceStore {
  /**
   * Device ids run from 1 to 127; one that was used comes back only when the range is spent. Replaced devices lose
   * token, keys, queue and push subscription in the same commit.
   */
  register(registration: DeviceRegistration): Promise<DeviceRegistered>
  byTokenHash(tokenHash: Uint8Array): Promise<StoredDevice | undefined>
  byAddress(address: DeviceAddress): Promise<StoredDevice | undefined>
  /** In the order of device ids. */
  listByAccount(accountId: AccountId): Promise<StoredDevice[]>
  /** Erases the device with its keys, queue and push subscription. False when there was none. */
  remove(address: DeviceAddress): Promise<boolean>
  /** The same by the hash of its revocation token; says which it was. */
  removeByRevocationHash(revocationHash: Uint8Array): Promise<DeviceAddress | undefined>
  touch(address: DeviceAddress, lastSeenDay: string): Promise<void>
}
