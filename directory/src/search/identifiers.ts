// Which numbers people bear: the first eight digits of a NIHII.
// Not concerned with what a person types (find-by-identifier.ts).

import type { Person } from '../model.ts'
import { GrowingColumn } from './growing-column.ts'

export interface IdentifierIndex {
  /** ordinals, ascending */
  byNihii8(nihii8: string): readonly number[]
}

export interface IdentifiersBuilder {
  /** @param arrival which person this is, in the order they are added */
  add(arrival: number, person: Person): void
  /** @param ordinalOf arrival → ordinal */
  finish(ordinalOf: Uint32Array): IdentifierIndex
}

export function createIdentifiersBuilder(): IdentifiersBuilder {
  const numbers = new GrowingColumn()
  const bearers = new GrowingColumn()
  return {
    add(arrival, person) {
      for (const nihii8 of new Set(person.roles.map((role) => role.nihii8))) {
        if (nihii8 === undefined || !EIGHT_DIGITS.test(nihii8)) continue
        numbers.push(Number(nihii8))
        bearers.push(arrival)
      }
    },
    finish(ordinalOf) {
      const sorted = sortPairs(numbers.values(), bearers.values(), ordinalOf)
      return {
        byNihii8(nihii8) {
          if (!EIGHT_DIGITS.test(nihii8)) return []
          const found: number[] = []
          const wanted = Number(nihii8)
          for (let at = lowerBound(sorted.numbers, wanted); sorted.numbers[at] === wanted; at++)
            found.push(sorted.ordinals[at] ?? 0)
          return found
        },
      }
    },
  }
}

const EIGHT_DIGITS = /^\d{8}$/

/** Number and ordinal in one float each: 2^27 numbers of eight digits times 2^26 people stay exact. */
function sortPairs(numbers: Uint32Array, bearers: Uint32Array, ordinalOf: Uint32Array) {
  const people = Math.max(1, ordinalOf.length)
  const pairs = Float64Array.from(
    numbers,
    (number, at) => number * people + (ordinalOf[bearers[at] ?? 0] ?? 0),
  )
  pairs.sort()
  return {
    numbers: Uint32Array.from(pairs, (pair) => Math.floor(pair / people)),
    ordinals: Uint32Array.from(pairs, (pair) => pair % people),
  }
}

function lowerBound(sorted: Uint32Array, value: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] ?? 0) < value) low = middle + 1
    else high = middle
  }
  return low
}
