/**
 * Purpose: not to throw anything away on the word of a clock that has just jumped. A machine that wakes with a wrong
 * date would else expire a month of messages in one sweep. Not concerned with setting the clock.
 */

export interface ClockWatch {
  /** True when the wall clock has kept pace with the steady one for `settleMs`. Ask often; each call looks. */
  isSteady(): boolean
}

export interface Clocks {
  wallMs(): number
  /** Runs evenly whatever anybody sets. */
  steadyMs(): number
}

/** More than any correction by NTP, less than the shortest lifetime that matters. */
const JUMP_MS = 10 * 60_000
const SETTLE_MS = 60 * 60_000
const LONG_PAUSE_MS = 24 * 60 * 60_000

export const systemClocks: Clocks = { wallMs: () => Date.now(), steadyMs: () => performance.now() }

/**
 * `lastKnownMs`: what the wall clock said when the relay last ran. After a long pause nobody can tell an outage from a
 * wrong date, so that counts as a jump too: expiry begins an hour later, which harms nothing.
 */
export function watchClock(
  clocks: Clocks = systemClocks,
  { lastKnownMs, settleMs = SETTLE_MS }: { lastKnownMs?: number | undefined; settleMs?: number } = {},
): ClockWatch {
  let wall = clocks.wallMs()
  let steady = clocks.steadyMs()
  const pausedMs = lastKnownMs === undefined ? 0 : wall - lastKnownMs
  let jumpedAtSteadyMs = pausedMs < -JUMP_MS || pausedMs > LONG_PAUSE_MS ? steady : undefined
  return {
    isSteady() {
      const nowWall = clocks.wallMs()
      const nowSteady = clocks.steadyMs()
      if (Math.abs(nowWall - wall - (nowSteady - steady)) > JUMP_MS) jumpedAtSteadyMs = nowSteady
      wall = nowWall
      steady = nowSteady
      if (jumpedAtSteadyMs !== undefined && nowSteady - jumpedAtSteadyMs >= settleMs)
        jumpedAtSteadyMs = undefined
      return jumpedAtSteadyMs === undefined
    },
  }
}
