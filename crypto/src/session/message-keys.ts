/**
 * The symmetric part of the double ratchet: chain keys, and the keys of one message.
 *
 * Source: Signal's Double Ratchet specification section 5.2; libsignal `rust/protocol/src/ratchet/keys.rs`.
 */
import { wipe } from '../primitives/bytes.ts'
import type { KeyPair } from '../primitives/curve.ts'
import { hkdfSha256, hmacSha256 } from '../primitives/hash.ts'
import { agreeSecret } from '../primitives/key-agreement.ts'
import type { ChainKey } from './session-state.ts'

const MESSAGE_KEY_INPUT = Uint8Array.of(1)
const CHAIN_KEY_INPUT = Uint8Array.of(2)
const LABEL_MESSAGE_KEYS = 'WhisperMessageKeys'
const LABEL_RATCHET = 'WhisperRatchet'

export interface MessageKeys {
  /** 32 bytes, AES-256-CBC. */
  readonly cipherKey: Uint8Array
  /** 32 bytes. */
  readonly macKey: Uint8Array
  /** 16 bytes. */
  readonly iv: Uint8Array
}

/** The 32-byte seed of the message at a chain's position. */
export function messageSeed(chainKey: ChainKey): Uint8Array {
  return hmacSha256(chainKey.key, MESSAGE_KEY_INPUT)
}

export function nextChainKey({ index, key }: ChainKey): ChainKey {
  return { index: index + 1, key: hmacSha256(key, CHAIN_KEY_INPUT) }
}

/** @param pqKey 32 bytes of the post-quantum ratchet, mixed in as the salt; absent only in libsignal's test vectors */
export function deriveMessageKeys(seed: Uint8Array, pqKey: Uint8Array | undefined): MessageKeys {
  const keys = hkdfSha256(seed, pqKey, LABEL_MESSAGE_KEYS, 80)
  const split = { cipherKey: keys.slice(0, 32), macKey: keys.slice(32, 64), iv: keys.slice(64) }
  wipe(keys)
  return split
}

export interface RootStep {
  /** 32 bytes. */
  readonly rootKey: Uint8Array
  readonly chainKey: ChainKey
}

/**
 * A step of the root chain.
 *
 * @throws CryptoError `invalid_key_agreement` for a small-order ratchet key
 */
export async function stepRootKey(
  rootKey: Uint8Array,
  theirRatchetKey: Uint8Array,
  ours: KeyPair,
): Promise<RootStep> {
  return mixIntoRootKey(rootKey, await agreeSecret(ours, theirRatchetKey))
}

/** The root chain's step by an agreed secret of 32 bytes, which is overwritten. */
export function mixIntoRootKey(rootKey: Uint8Array, secret: Uint8Array): RootStep {
  const keys = hkdfSha256(secret, rootKey, LABEL_RATCHET, 64)
  const step = { rootKey: keys.slice(0, 32), chainKey: { index: 0, key: keys.slice(32) } }
  wipe(keys, secret)
  return step
}
