// A sorted list of different keys, asked by the whole key, by its beginning, or by a key that is one slip away.
// Near keys are found without looking at all of them: an edit leaves either the first half or the last half of a
// word untouched, so the sorted list and the list sorted from the back hold all candidates in two short ranges.
// Not concerned with what a key stands for.

import { isWithinOneEdit } from './edit-distance.ts'

export interface KeyDictionary {
  readonly keys: readonly string[]
  /** position of the key, or −1 */
  find(key: string): number
  /** positions [from, to) of the keys that begin so */
  prefixRange(prefix: string): readonly [from: number, to: number]
  /** positions of the keys that are exactly one edit away */
  findNear(key: string): number[]
}

export function createKeyDictionary(unsorted: Iterable<string>): KeyDictionary {
  const keys = [...new Set(unsorted)].sort()
  const backwards = keys
    .map((key, position) => ({ key: reverse(key), position }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
  const reversedKeys = backwards.map(({ key }) => key)
  const positions = Uint32Array.from(backwards, ({ position }) => position)
  return {
    keys,
    find(key) {
      const at = lowerBound(keys, key)
      return keys[at] === key ? at : -1
    },
    prefixRange: (prefix) => rangeOf(keys, prefix),
    findNear(key) {
      const half = Math.floor(key.length / 2)
      const found = new Set<number>()
      const consider = (position: number): void => {
        const candidate = keys[position]
        if (candidate !== undefined && candidate !== key && isWithinOneEdit(candidate, key))
          found.add(position)
      }
      const [from, to] = rangeOf(keys, key.slice(0, half))
      for (let position = from; position < to; position++) consider(position)
      // One more letter off the front: an exchange across the middle touches the first letter of the second half.
      const [fromBack, toBack] = rangeOf(reversedKeys, reverse(key.slice(half + 1)))
      for (let at = fromBack; at < toBack; at++) consider(positions[at] ?? 0)
      return [...found].sort((a, b) => a - b)
    },
  }
}

function rangeOf(sorted: readonly string[], prefix: string): readonly [number, number] {
  const from = lowerBound(sorted, prefix)
  let [low, high] = [from, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle]?.startsWith(prefix)) low = middle + 1
    else high = middle
  }
  return [from, low]
}

/** The first position whose key is not before `key`. */
function lowerBound(sorted: readonly string[], key: string): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] ?? '') < key) low = middle + 1
    else high = middle
  }
  return low
}

const reverse = (key: string): string => key.split('').reverse().join('')
