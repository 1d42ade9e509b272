/**
 * What one account keeps on this device: table name → type of the values. All of it is ciphertext at rest.
 * Each part of the client says here what its tables hold. Not concerned with how records are sealed or stored.
 */

import type { OwnDeviceRecord, OwnIdentityRecord, RegistrationRecord } from '../accounts/own-device.ts'
import type { ChosenPhoto, Settings } from '../api.ts'
import type { PhotoRecord, UploadRecord } from '../attachments/attachment-records.ts'
import type { FavouriteRecord } from '../messenger/favourites.ts'
import type {
  ConnectionStatusRecord,
  ConversationRecord,
  DeletionRecord,
  DraftRecord,
  ErasedMessageRecord,
  MessageRecord,
  OwnAccountRecord,
} from '../messenger/records.ts'
import type {
  OutboxRecord,
  PendingReceiptsRecord,
  SubmissionRecord,
  UndeliveredRecord,
} from '../outbox/outbox-records.ts'
import type { ReceivedRecord, UnreadableRecord } from '../receiving/receiving-records.ts'
import type { RemoteIdentityRecord, UsedBaseKeyRecord } from '../sessions/session-records.ts'

/** A record in libsignal's own serialisation. */
export interface KeyRecord {
  record: Uint8Array
}

export interface Tables {
  /** Key `self`: what this device is. Written once, at registration. */
  ownDevice: OwnDeviceRecord
  /** Key `self`: the account's identity key pair and this device's registration id. */
  ownIdentity: OwnIdentityRecord
  /** Key `self`: there only while the relay has not answered yet. */
  registration: RegistrationRecord
  /** Key: prekey id in decimal. */
  preKeys: KeyRecord
  /** Key: prekey id in decimal; order: when made, in ms. */
  signedPreKeys: KeyRecord
  /** Key: prekey id in decimal; order: when made, in ms. `lastResort` is not removed when used. */
  kyberPreKeys: KeyRecord & { lastResort: boolean }
  /** Key: `settings`. */
  settings: Settings

  /** Key: `${accountId}.${deviceId}`; group: account. */
  sessions: KeyRecord
  /** Key: account. */
  identities: RemoteIdentityRecord
  /** Key: Kyber prekey id, signed prekey id and base key; order: when used, in ms. */
  usedBaseKeys: UsedBaseKeyRecord
  /** Key and group: conversation (the other account). */
  conversations: ConversationRecord
  /** Key: message id; group: conversation; order: position. */
  messages: MessageRecord
  /** Key: message id; order: when erased, in ms. */
  erasedMessages: ErasedMessageRecord
  /** Key: message id; order: when to erase it, in ms. */
  deletions: DeletionRecord
  /** Key and group: conversation. */
  drafts: DraftRecord
  /** Key and group: conversation. */
  draftPhotos: ChosenPhoto
  outbox: OutboxRecord
  /** Key and group: conversation. */
  receiptsPending: PendingReceiptsRecord
  submissions: SubmissionRecord
  undelivered: UndeliveredRecord
  received: ReceivedRecord
  unreadable: UnreadableRecord
  /** Key: message id; group: conversation. */
  photos: PhotoRecord
  /** Key: message id; group: conversation. */
  uploads: UploadRecord
  ownAccount: OwnAccountRecord
  connectionStatus: ConnectionStatusRecord
  /** Key: person; order: when starred, in ms. */
  favourites: FavouriteRecord
}

export type TableName = keyof Tables

/**
 * Every table has an object store of its own in IndexedDB: adding one here raises `SCHEMA_VERSION` by one, and the
 * missing stores are made when the database is opened next. None is ever renamed.
 */
export const tableNames = [
  'ownDevice',
  'ownIdentity',
  'registration',
  'preKeys',
  'signedPreKeys',
  'kyberPreKeys',
  'settings',
  'sessions',
  'identities',
  'usedBaseKeys',
  'conversations',
  'messages',
  'erasedMessages',
  'deletions',
  'drafts',
  'outbox',
  'receiptsPending',
  'submissions',
  'undelivered',
  'received',
  'unreadable',
  'photos',
  'uploads',
  'ownAccount',
  'connectionStatus',
  'favourites',
  'draftPhotos',
] as const satisfies readonly TableName[]

// A table that is typed but not listed would never be created: this line then fails to compile.
const allListed: Exclude<TableName, (typeof tableNames)[number]> extends never ? true : never = true
void allListed

export const SCHEMA_VERSION = 3
