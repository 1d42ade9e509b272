/**
 * Purpose: whether this relay should be sent work: each part it needs is asked, and a relay that is leaving says so.
 * Not concerned with who asks (`health-routes.ts`), nor with repairing anything.
 */

import { type Log, silentLog } from '../log.ts'

/** Parts are named by the relay itself: `store`, `directory`, `redis`. */
export interface ReadinessCheck {
  part: string
  /** Rejects, or takes too long, when the part does not work. */
  check(): Promise<unknown>
  /** False: the relay does its work without it, only worse. */
  isNeeded?: boolean
}

/** Names of parts; empty when there is nothing to complain of. */
export interface ReadinessReport {
  /** Without them there is no work for this relay; `draining` is one. */
  failing: string[]
  /** It goes on without them. */
  degraded: string[]
}

export interface Readiness {
  /** Names of all parts that are asked. */
  readonly parts: string[]
  report(): Promise<ReadinessReport>
  /** From now on not ready, for good: whoever balances the load sends new connections elsewhere. */
  drain(): void
  readonly isDraining: boolean
}

const CHECK_AT_MOST_MS = 2_000

export function createReadiness(
  checks: ReadinessCheck[],
  { atMostMs = CHECK_AT_MOST_MS, log = silentLog }: { atMostMs?: number; log?: Log } = {},
): Readiness {
  let draining = false
  let silentBefore = ''
  /** Once for each change, however often somebody asks. */
  const tell = (parts: string[]) => {
    if (parts.join() === silentBefore) return
    silentBefore = parts.join()
    if (parts.length > 0) log.warn({ parts }, 'parts do not answer')
    else log.info({}, 'every part answers again')
  }
  /** Probes come often and from several places: those that come while one is under way share its answer. */
  let underWay: Promise<ReadinessReport> | undefined
  const ask = async () => {
    const answers = await Promise.all(checks.map((one) => passes(one, atMostMs)))
    const silent = checks.filter((_, index) => !answers[index])
    tell(silent.map(({ part }) => part))
    const parts = (isNeeded: boolean) =>
      silent.filter((one) => (one.isNeeded ?? true) === isNeeded).map(({ part }) => part)
    return { failing: parts(true), degraded: parts(false) }
  }
  return {
    parts: checks.map(({ part }) => part),
    async report() {
      underWay ??= ask().finally(() => {
        underWay = undefined
      })
      const { failing, degraded } = await underWay
      return { failing: draining ? ['draining', ...failing] : failing, degraded }
    },
    drain() {
      draining = true
    },
    get isDraining() {
      return draining
    },
  }
}

async function passes({ check }: ReadinessCheck, atMostMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), atMostMs)
  })
  try {
    return await Promise.race([check().then(() => true), late])
  } catch {
    return false
  } finally {
    clearTimeout(timer)
  }
}
