/**
 * Who may use the ratchets of one account: at most one tab (or process) at a time, by a lock that ends with its
 * holder, and a fencing number that makes a holder who missed the end harmless: its commits are refused.
 * Source: design/security.md, "On the device". Not concerned with what the owner does.
 */
import type { Live } from '../api.ts'
import { createLive } from '../live/live-value.ts'
import type { Locks } from './locks.ts'

export interface Owner {
  /** The fencing number to commit with, while this instance owns; undefined while another does. */
  readonly fence: Live<number | undefined>
  /** Say so when a commit was refused with `not_owner`: ownership is given up and queued for again. */
  lost(fence: number): void
  /** Gives up for good. */
  stop(): void
}

/** After a failure to raise the number (a full disk), and before queueing again after a loss. */
const RETRY_MS = 2_000

export interface OwnerOptions {
  locks: Locks
  /** One name per account, the same in every tab. */
  lockName: string
  /** Adds one to the stored fencing number, durably. */
  raiseFence(): Promise<number>
  retryMs?: number
}

export function createOwner(options: OwnerOptions): Owner {
  const { locks, lockName, raiseFence, retryMs = RETRY_MS } = options
  const fence = createLive<number | undefined>()
  let stopped = false
  let leave: (() => void) | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  const queueAgain = () => {
    fence.set(undefined)
    leave?.()
    leave = undefined
    clearTimeout(timer)
    if (!stopped) timer = setTimeout(queue, retryMs)
  }
  const queue = () => {
    let current = true
    const release = locks.request(lockName, {
      held: () => {
        // The number is raised under the lock and announced only when it is durable: until then nobody owns.
        raiseFence().then(
          (raised) => {
            if (current && !stopped) fence.set(raised)
          },
          () => {
            if (current && !stopped) queueAgain()
          },
        )
      },
      taken: () => {
        if (current && !stopped) queueAgain()
      },
    })
    leave = () => {
      current = false
      release()
    }
  }
  queue()
  return {
    fence,
    lost: (lostFence) => {
      if (!stopped && fence.get() === lostFence) queueAgain()
    },
    stop: () => {
      stopped = true
      clearTimeout(timer)
      fence.set(undefined)
      leave?.()
    },
  }
}
