/** What this device is to the relay, and its own long-term keys. Types only; kept sealed in the store. */
import type { AccountId, DirectoryPerson, RegisterDeviceRequest } from '@pli/protocol/wire'

export interface OwnDeviceRecord {
  accountId: AccountId
  /** 1–127. */
  deviceId: number
  /** `Bearer` token of this device. */
  deviceToken: string
  /** The person as the directory had them when this device was registered. */
  person: DirectoryPerson
  /** Trust roots (33 bytes each) the relay had at registration: pinned from then on. */
  trustRoots: Uint8Array[]
  registeredAtMs: number
}

export interface OwnIdentityRecord {
  /** 33 bytes, 0x05 first. */
  publicKey: Uint8Array
  /** 32 bytes. */
  privateKey: Uint8Array
  /** 14 bits. */
  registrationId: number
}

/** What the relay was, or will be, asked to register: so that a crash before its answer can be made good. */
export interface RegistrationRecord {
  /** The public halves of the keys in this store. */
  keys: Omit<RegisterDeviceRequest, 'name' | 'replaceExisting'>
}
