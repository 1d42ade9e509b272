// From a text to the number of the one item that bears it, in four bytes a slot instead of an object per text.
// Source: open addressing with linear probing over FNV-1a hashes.
// Not concerned with where the texts are kept: the caller says which text an item has.

export interface HashTable {
  /** number of the item, or −1 */
  find(text: string): number
}

/** 32 bits, FNV-1a over UTF-16 units. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash >>> 0
}

/**
 * @param hashes of the items, by number; 0 is an item without a text
 * @param textOf the text of an item
 * @param onDuplicate called when an item bears the text of an earlier one; the earlier one is found
 */
export function createHashTable(
  hashes: Uint32Array,
  textOf: (item: number) => string | undefined,
  onDuplicate: () => void = () => undefined,
): HashTable {
  let capacity = 16
  const bearers = hashes.reduce((count, hash) => (hash === 0 ? count : count + 1), 0)
  while (capacity < bearers * 2) capacity *= 2
  const slots = new Uint32Array(capacity)
  const probe = (hash: number, matches: (item: number) => boolean): number => {
    let slot = hash & (capacity - 1)
    for (let held = slots[slot] ?? 0; held !== 0; held = slots[slot] ?? 0) {
      if (hashes[held - 1] === hash && matches(held - 1)) return slot
      slot = (slot + 1) & (capacity - 1)
    }
    return slot
  }
  hashes.forEach((hash, item) => {
    if (hash === 0) return
    const text = textOf(item)
    const slot = probe(hash, (other) => textOf(other) === text)
    if (slots[slot] === 0) slots[slot] = item + 1
    else onDuplicate()
  })
  return {
    find(text) {
      const slot = probe(hashOf(text), (item) => textOf(item) === text)
      return (slots[slot] ?? 0) - 1
    },
  }
}
