/**
 * What an unlocked account hands to its messenger: `createMessenger(context: MessengerContext)`.
 * Types only. Not concerned with unlocking, nor with locks.
 */
import type { LocalAccountId, Messenger } from '../api.ts'
import type { SessionEngine } from '../engine/session-engine.ts'
import type { Owner } from '../owner/owner.ts'
import type { PreparedPhoto } from '../photo/prepare.ts'
import type { RelayApi } from '../relay/relay-api.ts'
import type { RecordStore } from '../store/record-store.ts'
import type { OwnDeviceRecord, OwnIdentityRecord } from './own-device.ts'

export interface MessengerContext {
  localId: LocalAccountId
  device: OwnDeviceRecord
  identity: OwnIdentityRecord
  store: RecordStore
  engine: SessionEngine
  relay: RelayApi
  /** Whether this instance may use the ratchets, and under which fencing number. */
  owner: Owner
  nowMs(): number
  /** Called when a try at the relay might succeed now: the network is back, the page is looked at again. */
  onWake(listener: () => void): () => void
  /** Of `photo/` in browsers, of `photo/node.ts` in Node: re-encodes, so that only the picture remains. */
  preparePhoto(bytes: Uint8Array): Promise<PreparedPhoto>
  /** Throws `pin_wrong`, `pin_wait`, `pin_too_short`, `erased`. */
  changePin(current: string, next: string): Promise<void>
  /**
   * Locks the account and erases all of it from this device: the messenger is closed by then. The relay is told as
   * soon as it can be, unless it knows that the device is gone.
   */
  erase(options?: { relayKnows?: boolean }): Promise<void>
}

/** `close` stops everything and resolves when nothing is written any more; the store is closed after it. */
export type OpenMessenger = Messenger & { close(): void | Promise<void> }
export type CreateMessenger = (context: MessengerContext) => OpenMessenger | Promise<OpenMessenger>
