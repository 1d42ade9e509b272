/** A seeded generator for schedules: the same seed gives the same run. Never for keys. */

export interface SeededRandom {
  /** A whole number from 0 to `below` − 1. */
  below(below: number): number
  /** True with this probability. */
  chance(probability: number): boolean
}

/** mulberry32, a public-domain generator of 32 bits of state. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return { below: (below) => Math.floor(next() * below), chance: (probability) => next() < probability }
}
