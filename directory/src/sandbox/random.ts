// Seeded random numbers, so that the same seed gives the same sandbox on every machine.
// Source: sfc32 (PractRand) started by splitmix32.
// Not concerned with secrets: nothing here may make a key.

export interface Random {
  /** 0 ≤ x < 1 */
  next(): number
  /** whole number, 0 ≤ n < below */
  below(below: number): number
  chance(probability: number): boolean
  pick<T>(from: readonly T[]): T
}

/** @param stream keeps the streams of one seed apart: one for each person */
export function createRandom(seed: number, stream: number): Random {
  let state = (Math.imul(seed | 0, 0x9e3779b1) ^ Math.imul(stream | 0, 0x85ebca6b)) | 0
  const split = (): number => {
    state = (state + 0x9e3779b9) | 0
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
    return (mixed ^ (mixed >>> 15)) | 0
  }
  let [a, b, c, counter] = [split() ^ seed, split() ^ stream, split(), 1]
  const draw = (): number => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    c |= 0
    return (sum >>> 0) / 4294967296
  }
  for (let warmUp = 0; warmUp < 8; warmUp++) draw()
  const below = (limit: number): number => Math.floor(draw() * limit)
  return {
    next: draw,
    below,
    chance: (probability) => draw() < probability,
    pick: (from) => {
      if (from.length === 0) throw new RangeError('nothing to pick from')
      return from[below(from.length)] as (typeof from)[number]
    },
  }
}

/** Draws items in proportion to their weights. */
export function createWeightedPick<T>(
  items: readonly (readonly [item: T, weight: number])[],
): (random: Random) => T {
  const upTo = new Float64Array(items.length)
  let total = 0
  items.forEach(([, weight], index) => {
    total += weight
    upTo[index] = total
  })
  return (random) => {
    const drawn = random.next() * total
    let low = 0
    let high = items.length - 1
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((upTo[middle] ?? 0) > drawn) high = middle
      else low = middle + 1
    }
    const item = items[low]
    if (item === undefined) throw new RangeError('nothing to pick from')
    return item[0]
  }
}
