/**
 * Whether the disk has room to spare. What comes in bulk is refused before the disk is full, so that the rest still goes
 * through: an acknowledgement needs room in the log before it gives any back, a device that was stolen must be removable,
 * and on a disk without a single free page neither is possible.
 */
import { statfsSync } from 'node:fs'
import { dirname } from 'node:path'

/** The log and the pages that a checkpoint moves out of it: 32 MB each. */
const KEPT_BYTES = 64 * 1024 * 1024
const LOOK_AGAIN_MS = 250

export interface FreeRoom {
  /** Looks at the disk a few times a second at most. */
  isShort(): boolean
}

/** `freeBytes` replaces the look at the disk of `file`. */
export function watchFreeRoom(file: string, freeBytes = () => freeBytesBeside(file)): FreeRoom {
  let lookedAtMs = Number.NEGATIVE_INFINITY
  let isShort = false
  return {
    isShort() {
      const nowMs = performance.now()
      if (nowMs - lookedAtMs < LOOK_AGAIN_MS) return isShort
      lookedAtMs = nowMs
      isShort = freeBytes() < KEPT_BYTES
      return isShort
    },
  }
}

/** A file system that does not say counts as empty. */
function freeBytesBeside(file: string): number {
  try {
    const { bavail, bsize } = statfsSync(dirname(file))
    return bavail * bsize
  } catch {
    return Number.POSITIVE_INFINITY
  }
}
