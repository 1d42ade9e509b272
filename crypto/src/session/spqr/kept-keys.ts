/**
 * Keys of skipped messages, in the packed form in which libsignal stores them: 36 bytes each, the index (4, big-endian)
 * and the key (32).
 *
 * Source: SparsePostQuantumRatchet `src/chain.rs`, key history. The order is libsignal's too (removal moves the last
 * entry into the gap), so that stored bytes agree.
 */
import { CryptoError } from '../../errors.ts'
import { concatBytes } from '../../primitives/bytes.ts'

export const KEPT_KEY_LENGTH = 36

/** A multiple of 36 bytes. */
export type KeptKeys = Uint8Array

export function clearKeys(): KeptKeys {
  return new Uint8Array()
}

/**
 * Adds skipped keys, then drops the old ones when a tenth more than `maxKept` are held.
 *
 * @param counter the highest index so far
 */
export function collectKeys(
  kept: KeptKeys,
  skipped: readonly { readonly index: number; readonly key: Uint8Array }[],
  counter: number,
  maxKept: number,
): KeptKeys {
  const added = skipped.map(({ index, key }) => concatBytes(indexBytes(index), key))
  const all = added.length === 0 ? kept : concatBytes(kept, ...added)
  const trimAt = (Math.floor((maxKept * 11) / 10) + 1) * KEPT_KEY_LENGTH
  return all.length < trimAt ? all : dropBefore(all, counter - maxKept)
}

/** Removes and returns a key. @throws CryptoError `spqr_failed` when it is not held: it was used before */
export function takeKey(kept: KeptKeys, index: number): { kept: KeptKeys; key: Uint8Array } {
  for (let at = 0; at < kept.length; at += KEPT_KEY_LENGTH) {
    if (indexAt(kept, at) === index) {
      return { kept: removeAt(kept, at), key: kept.slice(at + 4, at + KEPT_KEY_LENGTH) }
    }
  }
  throw new CryptoError('spqr_failed', 'ratchet key was used already')
}

function dropBefore(kept: KeptKeys, horizon: number): KeptKeys {
  let remaining = kept
  for (let at = 0; at < remaining.length; ) {
    if (indexAt(remaining, at) < horizon) remaining = removeAt(remaining, at)
    else at += KEPT_KEY_LENGTH
  }
  return remaining
}

function removeAt(kept: KeptKeys, at: number): KeptKeys {
  const lastAt = kept.length - KEPT_KEY_LENGTH
  const shorter = kept.slice(0, lastAt)
  if (at < lastAt) shorter.set(kept.subarray(lastAt), at)
  return shorter
}

function indexAt(kept: KeptKeys, at: number): number {
  return new DataView(kept.buffer, kept.byteOffset + at, 4).getUint32(0)
}

function indexBytes(index: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, index)
  return bytes
}
