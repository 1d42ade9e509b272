/**
 * What a submission needs to know of the devices it is for, kept in memory: who they are, their last sequence, how much
 * is queued. The process alone has the file, so memory is as good as the table, and a message costs no row of a device.
 *
 * Sequences are taken from the table in blocks: `last_sequence` there is one that no used sequence is above. A clean
 * stop writes the exact one; a crash leaves a gap, which the contract allows.
 * Not concerned with what is in a queue.
 */
import type { AccountId } from '@pli/protocol/wire'
import type { DeviceAddress } from '../interfaces.ts'
import type { Arrivals } from './arrivals.ts'
import type { Database } from './database.ts'

export interface DeviceQueue {
  readonly deviceKey: number
  readonly deviceId: number
  readonly registrationId: number
  /** Envelopes that wait. */
  queued: number
  lastSequence: number
  /** Sequences up to this one may be used without asking the table. */
  reserved: number
}

interface DeviceRow {
  device_key: number
  device_id: number
  registration_id: number
  last_sequence: number
  queued: number
}

const SEQUENCES_PER_BLOCK = 1_000
const ACCOUNTS_KEPT = 20_000

export class Queues {
  readonly #byAccount = new Map<AccountId, DeviceQueue[]>()
  readonly #byKey = new Map<number, DeviceQueue>()
  readonly #arrivals: Arrivals
  readonly #load
  readonly #ownerOf
  readonly #setLast

  constructor(database: Database, arrivals: Arrivals) {
    this.#arrivals = arrivals
    this.#load = database.prepare<DeviceRow>(
      `SELECT device_key, device_id, registration_id, last_sequence,
       (SELECT count(*) FROM envelopes WHERE envelopes.device_key = devices.device_key) AS queued
       FROM devices WHERE account_id = ? ORDER BY device_id`,
    )
    this.#ownerOf = database.prepare<{ account_id: AccountId }>(
      'SELECT account_id FROM devices WHERE device_key = ?',
    )
    this.#setLast = database.prepare('UPDATE devices SET last_sequence = ? WHERE device_key = ?')
    // What was reserved or counted in a transaction that came to nothing is not so.
    database.onRollback(() => this.#forgetAll())
    database.onClose(() => this.#settleAll())
  }

  /** In the order of device ids. Empty when the account has none. */
  ofAccount(accountId: AccountId): DeviceQueue[] {
    const known = this.#byAccount.get(accountId)
    if (known) return known
    const queues = this.#load.all(accountId).map((row) => ({
      deviceKey: row.device_key,
      deviceId: row.device_id,
      registrationId: row.registration_id,
      queued: row.queued + this.#arrivals.countOf(row.device_key),
      lastSequence: row.last_sequence,
      reserved: row.last_sequence,
    }))
    if (queues.length > 0) this.#byAccount.set(accountId, queues)
    for (const queue of queues) this.#byKey.set(queue.deviceKey, queue)
    return queues
  }

  find({ accountId, deviceId }: DeviceAddress): DeviceQueue | undefined {
    return this.ofAccount(accountId).find((queue) => queue.deviceId === deviceId)
  }

  /** Inside a write: the next sequence of the queue, which is one longer from now on. */
  enter(queue: DeviceQueue): number {
    queue.lastSequence += 1
    queue.queued += 1
    if (queue.lastSequence > queue.reserved) {
      queue.reserved = queue.lastSequence + SEQUENCES_PER_BLOCK
      this.#setLast.run(queue.reserved, queue.deviceKey)
    }
    return queue.lastSequence
  }

  /** Inside a write: so many envelopes of the device are gone. */
  leave(deviceKey: number, count: number): void {
    const queue = this.#byKey.get(deviceKey)
    if (queue) queue.queued -= count
  }

  /** Inside a write, before an account's devices change. */
  devicesChange(accountId: AccountId): void {
    const queues = this.#byAccount.get(accountId) ?? []
    this.#byAccount.delete(accountId)
    for (const queue of queues) {
      this.#settle(queue)
      this.#byKey.delete(queue.deviceKey)
    }
  }

  /** Inside a write, before the device is erased. */
  deviceGoes(deviceKey: number): void {
    const owner = this.#ownerOf.get(deviceKey)
    if (owner) this.devicesChange(owner.account_id)
  }

  /** Inside a write: keeps memory in bounds. */
  trim(): void {
    if (this.#byAccount.size > ACCOUNTS_KEPT) this.#settleAll()
  }

  #settle(queue: DeviceQueue): void {
    if (queue.reserved !== queue.lastSequence) this.#setLast.run(queue.lastSequence, queue.deviceKey)
  }

  #settleAll(): void {
    for (const queue of this.#byKey.values()) this.#settle(queue)
    this.#forgetAll()
  }

  #forgetAll(): void {
    this.#byAccount.clear()
    this.#byKey.clear()
  }
}
