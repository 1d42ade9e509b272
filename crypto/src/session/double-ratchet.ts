/**
 * The receiving side of the double ratchet: finds or makes the chain of a message and takes its key, keeping the keys
 * of messages that were skipped.
 *
 * Source: Signal's Double Ratchet specification sections 3 and 4; libsignal `rust/protocol/src/double_ratchet.rs`.
 *
 * Not concerned with the MAC: the state returned is only to be kept once the message has proved genuine.
 */
import { CryptoError } from '../errors.ts'
import { bytesEqual } from '../primitives/bytes.ts'
import { generateKeyPair } from '../primitives/curve.ts'
import { messageSeed, nextChainKey, stepRootKey } from './message-keys.ts'
import {
  type ChainKey,
  type KeptMessageKey,
  MAX_FORWARD_JUMP,
  MAX_KEPT_KEYS,
  MAX_RECEIVER_CHAINS,
  type ReceiverChain,
  type SessionState,
} from './session-state.ts'

/**
 * The message's 32-byte seed and the session after it.
 *
 * @param selfSession between devices of one account: no limit on skipped messages
 * @throws CryptoError `duplicate_message` when the key was used or is no longer kept, `too_far_in_future`,
 *   `invalid_key_agreement`, `invalid_session`
 */
export function takeMessageSeed(
  session: SessionState,
  ratchetKey: Uint8Array,
  counter: number,
  selfSession: boolean,
): { session: SessionState; seed: Uint8Array } {
  const known = findChain(session, ratchetKey)
  const stepped = known === undefined ? stepRatchet(session, ratchetKey) : session
  const position = known ?? stepped.receiverChains.length - 1
  const { chain, seed } = takeFromChain(stepped.receiverChains[position]!, counter, selfSession)
  return { session: { ...stepped, receiverChains: stepped.receiverChains.with(position, chain) }, seed }
}

function findChain(session: SessionState, ratchetKey: Uint8Array): number | undefined {
  const position = session.receiverChains.findIndex((chain) => bytesEqual(chain.ratchetKey, ratchetKey))
  return position < 0 ? undefined : position
}

function stepRatchet(session: SessionState, ratchetKey: Uint8Array): SessionState {
  const { senderChain } = session
  if (!senderChain) throw new CryptoError('invalid_session', 'session has no sending chain')
  const receiving = stepRootKey(session.rootKey, ratchetKey, senderChain.ratchetPrivateKey)
  const ours = generateKeyPair()
  const sending = stepRootKey(receiving.rootKey, ratchetKey, ours.privateKey)
  const chain: ReceiverChain = { ratchetKey, chainKey: receiving.chainKey, keptKeys: [] }
  return {
    ...session,
    rootKey: sending.rootKey,
    // libsignal's own reckoning: the last index used, not the count
    previousCounter: Math.max(0, senderChain.chainKey.index - 1),
    senderChain: {
      ratchetKey: ours.publicKey,
      ratchetPrivateKey: ours.privateKey,
      chainKey: sending.chainKey,
    },
    receiverChains: [...session.receiverChains, chain].slice(-MAX_RECEIVER_CHAINS),
  }
}

function takeFromChain(
  chain: ReceiverChain,
  counter: number,
  selfSession: boolean,
): { chain: ReceiverChain; seed: Uint8Array } {
  if (counter < chain.chainKey.index) return takeKeptKey(chain, counter)
  const jump = counter - chain.chainKey.index
  if (jump > MAX_FORWARD_JUMP && !selfSession) {
    throw new CryptoError('too_far_in_future', 'message skips too many others')
  }
  const { chainKey, skipped } = skipTo(chain.chainKey, counter)
  const keptKeys = skipped.length === 0 ? chain.keptKeys : prependKept(skipped, chain.keptKeys)
  return {
    chain: { ...chain, chainKey: nextChainKey(chainKey), keptKeys },
    seed: messageSeed(chainKey),
  }
}

function takeKeptKey(chain: ReceiverChain, counter: number): { chain: ReceiverChain; seed: Uint8Array } {
  const kept = chain.keptKeys.find((key) => key.index === counter)
  if (!kept) throw new CryptoError('duplicate_message', 'message was received before, or is too late')
  return { chain: { ...chain, keptKeys: chain.keptKeys.filter((key) => key !== kept) }, seed: kept.seed }
}

// only the keys that would be kept are derived
function skipTo(from: ChainKey, counter: number): { chainKey: ChainKey; skipped: KeptMessageKey[] } {
  const skipped: KeptMessageKey[] = []
  let chainKey = from
  while (chainKey.index < counter) {
    if (counter - chainKey.index <= MAX_KEPT_KEYS) {
      skipped.push({ index: chainKey.index, seed: messageSeed(chainKey) })
    }
    chainKey = nextChainKey(chainKey)
  }
  return { chainKey, skipped }
}

function prependKept(
  skipped: readonly KeptMessageKey[],
  kept: readonly KeptMessageKey[],
): readonly KeptMessageKey[] {
  return [...skipped.toReversed(), ...kept].slice(0, MAX_KEPT_KEYS)
}
