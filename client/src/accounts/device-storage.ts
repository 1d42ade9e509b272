/**
 * What a device offers to keep accounts in: a place for each account's sealed rows, a few small records that can
 * be read before any PIN, locks, and a channel between tabs. One implementation per platform.
 * Not concerned with what the records mean.
 */
import type { Locks } from '../owner/locks.ts'
import type { NewsChannel } from '../store/change-feed.ts'
import type { Rows } from '../store/rows.ts'

/**
 * Small records that are not sealed: whoever reads one parses it. Values are plain data with Uint8Array, and in a
 * browser CryptoKey.
 */
export interface DeviceRecords {
  get(key: string): Promise<unknown>
  /** Keys that begin with `prefix`, sorted. */
  list(prefix: string): Promise<{ key: string; value: unknown }[]>
  /**
   * Reads and writes in one durable step that no other tab can come between. `change` gets the present value and
   * returns the next; undefined removes. Returns what `change` returned. `change` must not wait for anything.
   */
  update<T>(key: string, change: (current: unknown) => T | undefined): Promise<T | undefined>
}

export interface DeviceStorage {
  records: DeviceRecords
  /** Makes it when it is not there. */
  openRows(name: string): Promise<Rows>
  /** Resolves when nothing is left of it; succeeds when there was nothing. */
  eraseRows(name: string): Promise<void>
  locks: Locks
  openChannel(name: string): NewsChannel | undefined
  /** A key of this device that cannot be exported, where the platform can keep one; goes into a record. */
  createDeviceKey(): Promise<CryptoKey | undefined>
  close(): void
}
