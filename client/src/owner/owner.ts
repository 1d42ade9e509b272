/**
 * Who may use the ratchets of one account: at most one tab (or process) at a time, by a lock that ends with its
 * holder, and a fencing number that makes a holder who missed the end harmless.
 * Source: design/security.md, "On the device". Not concerned with what the owner does.
 */
import type { Live } from '../api.ts'

export interface Owner {
  /** The fencing number to commit with, while this instance owns; undefined while another does. */
  readonly fence: Live<number | undefined>
  /** Say so when a commit was refused with `not_owner`: ownership is given up and queued for again. */
  lost(fence: number): void
  /** Gives up for good. */
  stop(): void
}
