/**
 * Devices that come or go are more than one document. Before anything else a transition is written down; the account's
 * own document then changes in one step, which is the moment that counts; afterwards what the device held is erased.
 * A crash anywhere leaves the transition, and the sweep finishes: what the account lists stays, all else goes. A
 * device that went is erased once more by the sweep, for writes that were under way.
 */
import type { AccountId } from '@pli/protocol/wire'
import type { DeviceKey } from './documents.ts'
import type { Models } from './models.ts'
import type { Settling } from './settling.ts'

/** Longer than any write that was begun can take. */
const FINISHED_AFTER_MS = 15 * 60_000

export interface Transitions {
  begin(accountId: AccountId, devices: DeviceKey[]): Promise<void>
  /** The device is on its account. */
  arrived(device: DeviceKey): Promise<void>
  /** Erases all that devices held that their account does not list any more. */
  erase(devices: DeviceKey[]): Promise<void>
  /** Finishes at most `limit` that are old enough. */
  sweep(limit: number): Promise<void>
}

export function createTransitions(models: Models, settling: Settling): Transitions {
  const { accounts, credentials, envelopes, oneTimeKeys, push, queues, signedKeys, transitions } = models

  async function erase(device: DeviceKey): Promise<void> {
    // First the queue: without it no submission can begin.
    await queues.deleteOne({ _id: device })
    await Promise.all([
      credentials.deleteMany({ device }),
      oneTimeKeys.deleteMany({ device }),
      signedKeys.deleteOne({ _id: device }),
      push.deleteOne({ _id: device }),
    ])
    await settling.lose({ device, state: 'waiting' })
    await settling.settle(await envelopes.find({ device }, { content: 0 }).lean())
  }

  return {
    async begin(accountId, devices) {
      const since = new Date()
      await transitions.bulkWrite(
        devices.map((device) => ({
          updateOne: { filter: { _id: device }, update: { $set: { accountId, since } }, upsert: true },
        })),
      )
    },
    async arrived(device) {
      await transitions.deleteOne({ _id: device })
    },
    async erase(devices) {
      for (const device of devices) await erase(device)
    },
    async sweep(limit) {
      const before = new Date(Date.now() - FINISHED_AFTER_MS)
      const old = await transitions
        .find({ since: { $lt: before } })
        .limit(limit)
        .lean()
      for (const { _id: device, accountId } of old) {
        const account = await accounts.findOne({ _id: accountId }, { devices: 1 }).lean()
        const isListed = account?.devices.some(({ deviceKey }) => deviceKey === device) ?? false
        if (!isListed) await erase(device)
        await transitions.deleteOne({ _id: device })
      }
    },
  }
}
