/**
 * SHA-512, HMAC-SHA-256 and HKDF-SHA-256 over Node's one-shot hash, which takes a fifth of what an object for each HMAC
 * costs: a message needs some thirty.
 *
 * Source: RFC 2104, RFC 5869. Not concerned with whether this runs under Node: see `hash.ts`.
 */
import { concatBytes, wipe } from './bytes.ts'
import type { Hashes } from './hash.ts'
import type { NodeCrypto } from './node-crypto.ts'

const BLOCK_LENGTH = 64
const HASH_LENGTH = 32
const INNER_PAD = 0x36
const OUTER_PAD = 0x5c

/** Nothing for a Node that has no one-shot hash. */
export function createNodeHashes(node: NodeCrypto): Hashes | undefined {
  if (typeof node.hash !== 'function') return undefined

  function hash(algorithm: 'sha256' | 'sha512', bytes: Uint8Array): Uint8Array {
    const digest = node.hash(algorithm, bytes, 'buffer')
    return new Uint8Array(digest.buffer, digest.byteOffset, digest.length)
  }

  function hmacSha256(key: Uint8Array, parts: readonly Uint8Array[]): Uint8Array {
    const short = key.length > BLOCK_LENGTH ? hash('sha256', key) : key
    const inner = paddedKey(short, INNER_PAD, lengthOf(parts))
    let at = BLOCK_LENGTH
    for (const part of parts) {
      inner.set(part, at)
      at += part.length
    }
    const outer = paddedKey(short, OUTER_PAD, HASH_LENGTH)
    outer.set(hash('sha256', inner), BLOCK_LENGTH)
    const mac = hash('sha256', outer)
    wipe(inner, outer)
    return mac
  }

  return {
    sha512: (parts) => hash('sha512', concatBytes(...parts)),
    hmacSha256,
    hkdfSha256(inputKey, salt, info, length) {
      const pseudoRandomKey = hmacSha256(salt ?? new Uint8Array(HASH_LENGTH), [inputKey])
      const output = new Uint8Array(length)
      let block: Uint8Array = new Uint8Array()
      for (let i = 0; i * HASH_LENGTH < length; i++) {
        const next = hmacSha256(pseudoRandomKey, [block, info, Uint8Array.of(i + 1)])
        wipe(block)
        block = next
        output.set(block.subarray(0, length - i * HASH_LENGTH), i * HASH_LENGTH)
      }
      wipe(block, pseudoRandomKey)
      return output
    },
  }
}

/** The key under a pad, with room for `length` bytes behind it. */
function paddedKey(key: Uint8Array, pad: number, length: number): Uint8Array {
  const padded = new Uint8Array(BLOCK_LENGTH + length).fill(pad, 0, BLOCK_LENGTH)
  for (let i = 0; i < key.length; i++) padded[i] = (key[i] as number) ^ pad
  return padded
}

function lengthOf(parts: readonly Uint8Array[]): number {
  let length = 0
  for (const part of parts) length += part.length
  return length
}
