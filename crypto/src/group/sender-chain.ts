/**
 * The chain of a sender key: one hash ratchet, which every member of the group follows.
 *
 * Source: libsignal 0.103.0, `rust/protocol/src/sender_keys.rs` (SenderChainKey, SenderMessageKey).
 * A sender key heals from nothing: whoever holds a chain key reads everything after it. That is why it is rotated
 * when somebody leaves. Not concerned with signatures, nor with which keys are kept: see `sender-key-record.ts`.
 */
import { CryptoError } from '../errors.ts'
import { hkdfSha256, hmacSha256 } from '../primitives/hash.ts'

const MESSAGE_KEY_INPUT = Uint8Array.of(1)
const CHAIN_KEY_INPUT = Uint8Array.of(2)
const LABEL = 'WhisperGroup'
/** Positions are 32-bit numbers; the last one cannot be left any more. */
const LAST_ITERATION = 0xffff_ffff

export interface SenderChainKey {
  /** Position of the next message, from 0. */
  readonly iteration: number
  /** 32 bytes. */
  readonly seed: Uint8Array
}

/** The key of one message that has not come yet. */
export interface SenderMessageKey {
  readonly iteration: number
  /** 32 bytes. */
  readonly seed: Uint8Array
}

export function messageKeyAt({ iteration, seed }: SenderChainKey): SenderMessageKey {
  return { iteration, seed: hmacSha256(seed, MESSAGE_KEY_INPUT) }
}

/** @throws CryptoError `sender_chain_exhausted` after 2^32 − 1 steps */
export function nextChainKey({ iteration, seed }: SenderChainKey): SenderChainKey {
  if (iteration >= LAST_ITERATION) {
    throw new CryptoError('sender_chain_exhausted', 'the sender key has no positions left')
  }
  return { iteration: iteration + 1, seed: hmacSha256(seed, CHAIN_KEY_INPUT) }
}

/** What AES-256-CBC takes: 16 bytes and 32 bytes, in a buffer of their own that the caller may overwrite. */
export function cipherKeysOf(key: SenderMessageKey): { iv: Uint8Array; cipherKey: Uint8Array } {
  const okm = hkdfSha256(key.seed, undefined, LABEL, 48)
  return { iv: okm.subarray(0, 16), cipherKey: okm.subarray(16) }
}
