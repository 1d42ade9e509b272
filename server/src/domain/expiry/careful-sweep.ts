/**
 * Purpose: expiry that asks the clock first: while it has just jumped, nothing is thrown away and the log says so.
 * Not concerned with what expires.
 */
import type { Log } from '../../log.ts'
import type { Storage } from '../../storage/interfaces.ts'
import { type Clocks, systemClocks, watchClock } from './clock-watch.ts'

const LAST_SEEN = 'last-seen'

interface Sources {
  installation: Storage['installation']
  /** What throws away, given the time. */
  sweep(nowMs: number): Promise<unknown>
  log: Log
  clocks?: Clocks
}

/** Returns what the sweeper calls. */
export async function createCarefulSweep({ installation, sweep, log, clocks = systemClocks }: Sources) {
  const watch = watchClock(clocks, { lastKnownMs: readTime(await installation.get(LAST_SEEN)) })
  return async (): Promise<void> => {
    const nowMs = clocks.wallMs()
    if (watch.isSteady()) await sweep(nowMs)
    else log.warn({}, 'the clock has jumped, or the relay was away for long: nothing expires for an hour')
    await installation.set(LAST_SEEN, new TextEncoder().encode(String(nowMs)))
  }
}

function readTime(stored: Uint8Array | undefined): number | undefined {
  return stored === undefined ? undefined : Number(new TextDecoder().decode(stored))
}
