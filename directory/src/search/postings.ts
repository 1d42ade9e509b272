// For each key, the list of numbers filed under it, all lists in one array.
// Not concerned with what keys and numbers stand for.

export interface Postings {
  /** the numbers under one key, in the order they were added; a view, not to be changed */
  of(key: number): Uint32Array
  /** the numbers under the keys [from, to) */
  ofRange(from: number, to: number): Uint32Array
  mapTo(change: (value: number) => number): Postings
}

/**
 * @param visit calls `add` for every pair; it is run twice and must add the same pairs in the same order
 */
export function createPostings(
  keyCount: number,
  visit: (add: (key: number, value: number) => void) => void,
): Postings {
  const start = new Uint32Array(keyCount + 1)
  visit((key) => {
    start[key + 1] = (start[key + 1] ?? 0) + 1
  })
  for (let key = 0; key < keyCount; key++) start[key + 1] = (start[key + 1] ?? 0) + (start[key] ?? 0)
  const next = start.slice()
  const values = new Uint32Array(start[keyCount] ?? 0)
  visit((key, value) => {
    const at = next[key] ?? 0
    values[at] = value
    next[key] = at + 1
  })
  return view(start, values)
}

function view(start: Uint32Array, values: Uint32Array): Postings {
  const ofRange = (from: number, to: number): Uint32Array => values.subarray(start[from] ?? 0, start[to] ?? 0)
  return {
    ofRange,
    of: (key) => ofRange(key, key + 1),
    mapTo: (change) => view(start, values.map(change)),
  }
}
