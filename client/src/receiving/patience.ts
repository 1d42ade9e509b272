/**
 * How much of this device's time one sender may waste. A message that claims to be 25,000 ahead costs a second or two
 * before it can be refused, for every session it might belong to; a correspondent who sends many would keep everybody
 * else's messages waiting. Past the allowance theirs are kept as unreadable without trying, until time has passed.
 * In memory: a restart forgives. Not concerned with what is refused for what it is.
 */

/** Work that is forgiven at once; after it one part in twenty of the time that passes. */
const ALLOWANCE_MS = 5_000
const RECOVERY = 0.05
/** What a message may cost that turns out to be good: several times what an honest one takes on a slow telephone. */
const FAIR_COST_MS = 150
const MAX_SENDERS = 1_000

export interface Patience {
  isSpent(sender: string): boolean
  /** `tookMs`: what trying took. */
  note(sender: string, tookMs: number, wasGood: boolean): void
}

/** `elapsedMs`: a clock that never goes back. */
export function createPatience(elapsedMs: () => number = () => performance.now()): Patience {
  const wasted = new Map<string, { ms: number; atMs: number }>()
  const wastedBy = (sender: string): number => {
    const known = wasted.get(sender)
    return known === undefined ? 0 : Math.max(0, known.ms - (elapsedMs() - known.atMs) * RECOVERY)
  }
  return {
    isSpent: (sender) => wastedBy(sender) > ALLOWANCE_MS,
    note: (sender, tookMs, wasGood) => {
      const cost = wasGood ? Math.max(0, tookMs - FAIR_COST_MS) : tookMs
      if (cost === 0) return
      const ms = wastedBy(sender) + cost
      wasted.delete(sender)
      wasted.set(sender, { ms, atMs: elapsedMs() })
      // Insertion order: who has been quiet longest is forgotten first.
      if (wasted.size > MAX_SENDERS) wasted.delete(wasted.keys().next().value ?? sender)
    },
  }
}
