/** Few works at once and a bounded queue of those that wait. Not concerned with what is done. */
import { RelayError } from '../../errors.ts'

/** Runs at most `atOnce` works, in the order they came; refuses with RelayError `unavailable` beyond `waitingAtMost`. */
export function createTurns(atOnce: number, waitingAtMost: number) {
  const waiting: (() => void)[] = []
  let running = 0
  return async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (running >= atOnce) {
      if (waiting.length >= waitingAtMost) throw new RelayError('unavailable', 'too many at once')
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else {
      running += 1
    }
    try {
      return await work()
    } finally {
      // The place is handed on, not given back, so that nobody slips in between.
      const next = waiting.shift()
      if (next === undefined) running -= 1
      else next()
    }
  }
}
