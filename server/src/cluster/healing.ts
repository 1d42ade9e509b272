/**
 * Purpose: nothing hangs on a call that was lost. Every connected device is looked up in the store in turn: once a minute
 * while nodes hear each other, every five seconds while they do not, and all of them at once when they do again.
 * Not concerned with what a look finds: `Connections.review` delivers, or cuts off.
 */
import type { Connections } from '../domain/relay/connections.ts'
import type { DeviceAddress } from '../storage/interfaces.ts'

const EVERY_MS = { hearing: 60_000, deaf: 5_000 }
const TURN_MS = 500
/** Reads at the store at the same time. */
const AT_ONCE = 20

export interface Healing {
  /** Calls may have been lost until now: everybody is looked up from the next turn on. */
  catchUp(): void
  stop(): Promise<void>
}

export function startHealing(
  connections: Pick<Connections, 'addresses' | 'review'>,
  isHearing: () => boolean,
): Healing {
  let round: DeviceAddress[] = []
  let roundSize = 0
  /** A fraction of a device that the turns so far have left over. */
  let owed = 0
  let isUrgent = false
  let underWay: Promise<void> | undefined

  function share(): DeviceAddress[] {
    if (isUrgent || round.length === 0) {
      round = connections.addresses()
      roundSize = round.length
    }
    const everyMs = isHearing() ? EVERY_MS.hearing : EVERY_MS.deaf
    owed = isUrgent ? roundSize : Math.min(roundSize, owed + (roundSize * TURN_MS) / everyMs)
    isUrgent = false
    const due = Math.floor(owed)
    owed -= due
    return round.splice(0, due)
  }

  async function look(): Promise<void> {
    const due = share()
    while (due.length > 0) {
      const reviews = due.splice(0, AT_ONCE).map((address) => connections.review(address))
      // A store that does not answer is asked again in the next round.
      await Promise.allSettled(reviews)
    }
  }

  const timer = setInterval(() => {
    underWay ??= look().finally(() => {
      underWay = undefined
    })
  }, TURN_MS)
  timer.unref()
  return {
    catchUp() {
      isUrgent = true
    },
    async stop() {
      clearInterval(timer)
      await underWay
    },
  }
}
