/** Runs the relay's expiry now and then. Not concerned with what expires. */
import type { Log } from '../../log.ts'

export interface Sweeper {
  /** Resolves when a sweep under way has ended. */
  stop(): Promise<void>
}

/** Sweeps once at the start and then every `everyMs`, one at a time. A sweep that fails is tried again next time. */
export function startSweeper(sweep: () => Promise<unknown>, everyMs: number, log: Log): Sweeper {
  let underWay: Promise<void> = Promise.resolve()
  let idle = true
  const run = () => {
    if (!idle) return
    idle = false
    underWay = sweep()
      .catch(() => log.error({}, 'a sweep failed'))
      .then(() => {
        idle = true
      })
  }
  run()
  const timer = setInterval(run, everyMs)
  timer.unref()
  return {
    stop: () => {
      clearInterval(timer)
      return underWay
    },
  }
}
