/**
 * Public prekeys per device. A one-time key is handed out once, ever.
 * Not concerned with signatures: they were verified before anything gets here.
 */
import type { AccountId, DeviceId } from '@pli/protocol/wire'
import type { DeviceAddress } from './device-address.ts'

export interface StoredPreKey {
  id: number
  /** 33 bytes. */
  publicKey: Uint8Array
}

export interface StoredSignedKey {
  id: number
  /** 33 bytes for X25519, 1569 for Kyber1024. */
  publicKey: Uint8Array
  /** 64 bytes. */
  signature: Uint8Array
}

export interface NewDeviceKeys {
  signedPreKey: StoredSignedKey
  lastResortKyberPreKey: StoredSignedKey
  preKeys: StoredPreKey[]
  kyberPreKeys: StoredSignedKey[]
}

export interface StoredKeyCounts {
  preKeys: number
  kyberPreKeys: number
}

export interface StoredBundle {
  deviceId: DeviceId
  registrationId: number
  signedPreKey: StoredSignedKey
  preKey?: StoredPreKey
  /** A one-time key while there are some, else the last resort. */
  kyberPreKey: StoredSignedKey
}

export interface KeyStore {
  /**
   * Replaces signed and last-resort keys, adds one-time keys. An id that the device has ever stored is passed over,
   * so that a repeated upload cannot bring back a key that was handed out. `too_many`: more than `heldAtMost` of
   * one kind would be held, and nothing was stored.
   */
  add(
    address: DeviceAddress,
    keys: Partial<NewDeviceKeys>,
    heldAtMost: number,
  ): Promise<'added' | 'too_many' | 'no_device'>
  counts(address: DeviceAddress): Promise<StoredKeyCounts>
  /**
   * The identity key and a bundle for each device, in one atomic step; undefined without account or device. With
   * `oneTime` false no one-time key is spent.
   */
  takeBundles(
    accountId: AccountId,
    options: { oneTime: boolean },
  ): Promise<{ identityKey: Uint8Array; devices: StoredBundle[] } | undefined>
}
