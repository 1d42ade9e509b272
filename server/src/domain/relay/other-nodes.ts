/**
 * What the domain tells the other relays over the same store. Every call returns at once and may be lost: whoever is told
 * nothing finds it in the store a little later. Not concerned with how it travels (`cluster/`).
 */
import type { AccountId, Revocation } from '@pli/protocol/wire'
import type { DeviceAddress } from '../../storage/interfaces.ts'
import type { PushWaker } from './push-waker.ts'

export interface OtherNodes {
  /** Something is new in the queue of a device that is not connected here. Urgent and connected nowhere: it is pushed. */
  wake(address: DeviceAddress, urgent: boolean): void
  /** The device connected here at `atMs`: an earlier connection elsewhere ends. */
  tookOver(address: DeviceAddress, atMs: number): void
  /** The store has the device no more. */
  cutOff(address: DeviceAddress, reason: Revocation['reason']): void
  /** The store has the account no more. */
  cutOffAccount(accountId: AccountId, reason: Revocation['reason']): void
}

/** For a relay that has its store to itself. */
export function noOtherNodes(push: PushWaker): OtherNodes {
  return {
    wake(address, urgent) {
      if (urgent) push.wake(address)
    },
    tookOver() {},
    cutOff() {},
    cutOffAccount() {},
  }
}
