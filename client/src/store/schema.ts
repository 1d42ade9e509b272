/**
 * What one account keeps on this device: table name → type of the values. All of it is ciphertext at rest.
 * Each part of the client says here what its tables hold. Not concerned with how records are sealed or stored.
 */

import type { OwnDeviceRecord, OwnIdentityRecord } from '../accounts/own-device.ts'
import type { Settings } from '../api.ts'

/** A record in libsignal's own serialisation. */
export interface KeyRecord {
  record: Uint8Array
}

export interface Tables {
  /** Key `self`: what this device is. Written once, at registration. */
  ownDevice: OwnDeviceRecord
  /** Key `self`: the account's identity key pair and this device's registration id. */
  ownIdentity: OwnIdentityRecord
  /** Key: prekey id in decimal. */
  preKeys: KeyRecord
  /** Key: prekey id in decimal; order: when made, in ms. */
  signedPreKeys: KeyRecord
  /** Key: prekey id in decimal; order: when made, in ms. `lastResort` is not removed when used. */
  kyberPreKeys: KeyRecord & { lastResort: boolean }
  /** Key: `settings`. */
  settings: Settings
}

export type TableName = keyof Tables

/**
 * Every table has an object store of its own in IndexedDB: adding one here raises `SCHEMA_VERSION` by one, and the
 * missing stores are made when the database is opened next. None is ever renamed.
 */
export const tableNames = [
  'ownDevice',
  'ownIdentity',
  'preKeys',
  'signedPreKeys',
  'kyberPreKeys',
  'settings',
] as const satisfies readonly TableName[]

// A table that is typed but not listed would never be created: this line then fails to compile.
const allListed: Exclude<TableName, (typeof tableNames)[number]> extends never ? true : never = true
void allListed

export const SCHEMA_VERSION = 1
