// Numbers to person numbers, millions of them, in 12 bytes each: a Map of as many would take five times that.
// Source: open addressing with linear probing, doubled when it is two thirds full.
// Not concerned with what the numbers are: SSINs, NIHIIs, hashes of identifiers.

export interface NumberTable {
  /** A key that is there keeps its first value. @param key whole and above zero, below 2⁵³ */
  add(key: number, value: number): void
  get(key: number): number | undefined
}

const EMPTY = 0
const FIRST_SLOTS = 1 << 12

export function createNumberTable(): NumberTable {
  let keys = new Float64Array(FIRST_SLOTS)
  let values = new Uint32Array(FIRST_SLOTS)
  let used = 0
  const slotOf = (key: number): number => {
    const mask = keys.length - 1
    let slot = (Math.imul(key | 0, 0x9e3779b1) ^ Math.imul(Math.floor(key / 65_536) | 0, 0x85ebca6b)) & mask
    while (keys[slot] !== EMPTY && keys[slot] !== key) slot = (slot + 1) & mask
    return slot
  }
  const put = (key: number, value: number): void => {
    const slot = slotOf(key)
    if (keys[slot] === key) return
    keys[slot] = key
    values[slot] = value
    used += 1
  }
  const grow = (): void => {
    const [oldKeys, oldValues] = [keys, values]
    keys = new Float64Array(oldKeys.length * 2)
    values = new Uint32Array(oldKeys.length * 2)
    used = 0
    oldKeys.forEach((key, slot) => {
      if (key !== EMPTY) put(key, oldValues[slot] ?? 0)
    })
  }
  return {
    add(key, value) {
      if (used * 3 > keys.length * 2) grow()
      put(key, value)
    },
    get(key) {
      const slot = slotOf(key)
      return keys[slot] === key ? values[slot] : undefined
    },
  }
}

/** 48 bits of a text, never zero. Two texts may have the same: compare what is found. */
export function hashText(text: string): number {
  let high = 0x811c9dc5
  let low = 0x1b873593
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    high = Math.imul(high ^ code, 0x01000193)
    low = Math.imul(low ^ code, 0x5bd1e995) ^ (low >>> 15)
  }
  return (high >>> 8) * 0x1000000 + (low >>> 8) + 1
}
