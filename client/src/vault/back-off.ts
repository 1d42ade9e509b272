/**
 * How long a wrong PIN makes one wait, and how many there are. Source: design/security.md, "On the device".
 * Measured by this device's own clock: whoever can set it forward skips the waits, never the count.
 */
export const MAX_TRIES = 10

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS

/** By the number of wrong PINs so far. Three are free. */
const WAIT_AFTER_MS = [
  0,
  0,
  0,
  30 * SECOND_MS,
  MINUTE_MS,
  5 * MINUTE_MS,
  15 * MINUTE_MS,
  HOUR_MS,
  2 * HOUR_MS,
  4 * HOUR_MS,
] as const

export interface Tries {
  /** PINs tried since the last right one, counting one whose outcome is not known yet. */
  count: number
  /** When the last of them was tried. */
  lastAtMs: number
}

export function triesLeft(tries: Tries): number {
  return Math.max(0, MAX_TRIES - tries.count)
}

/** Undefined when one may try now. A clock that was set back makes nobody wait longer than once more. */
export function nextTryAtMs(tries: Tries, nowMs: number): number | undefined {
  const waitMs = WAIT_AFTER_MS[Math.min(tries.count, MAX_TRIES - 1)] ?? 0
  const atMs = Math.min(tries.lastAtMs, nowMs) + waitMs
  return atMs > nowMs ? atMs : undefined
}
