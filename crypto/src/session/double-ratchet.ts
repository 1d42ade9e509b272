/**
 * The receiving side of the double ratchet: finds or makes the chain of a message and takes its key, keeping the keys
 * of messages that were skipped.
 *
 * Source: Signal's Double Ratchet specification sections 3 and 4; libsignal `rust/protocol/src/double_ratchet.rs`.
 *
 * Not concerned with the MAC: the state returned is only to be kept once the message has proved genuine.
 */
import { CryptoError } from '../errors.ts'
import { bytesEqual, wipe } from '../primitives/bytes.ts'
import type { KeyPair } from '../primitives/curve.ts'
import { agreeSecret, makeKeyPair } from '../primitives/key-agreement.ts'
import type { SignalMessage } from '../wire/signal-message.ts'
import { Effort } from './effort.ts'
import { messageSeed, mixIntoRootKey, nextChainKey } from './message-keys.ts'
import {
  type ChainKey,
  type KeptMessageKey,
  MAX_CHAIN_INDEX,
  MAX_FORWARD_JUMP,
  MAX_KEPT_KEYS,
  MAX_RECEIVER_CHAINS,
  MAX_SELF_JUMP,
  type ReceiverChain,
  type SessionState,
} from './session-state.ts'
import { requireLive } from './spent.ts'

export interface TakenSeed {
  readonly session: SessionState
  /** 32 bytes, to be overwritten after use. */
  readonly seed: Uint8Array
}

/**
 * The message's 32-byte seed and the session after it.
 *
 * @param selfSession between devices of one account: many more messages may be skipped
 * @throws CryptoError `duplicate_message` when the key was used or is no longer kept, `too_far_in_future`,
 *   `invalid_key_agreement`, `invalid_session`
 */
export async function takeMessageSeed(
  session: SessionState,
  { ratchetKey, counter }: Pick<SignalMessage, 'ratchetKey' | 'counter'>,
  selfSession: boolean,
  effort: Effort = Effort.forCurrentSession(),
): Promise<TakenSeed> {
  const known = findChain(session, ratchetKey)
  if (known === undefined) requireJump(0, counter, selfSession)
  const stepped = known === undefined ? await stepRatchet(session, ratchetKey) : session
  const position = known ?? stepped.receiverChains.length - 1
  const { chain, seed } = takeFromChain(stepped.receiverChains[position]!, counter, selfSession, effort)
  return { session: { ...stepped, receiverChains: stepped.receiverChains.with(position, chain) }, seed }
}

/** Whether a session has received under a ratchet key before. */
export function hasReceiverChain(session: SessionState, ratchetKey: Uint8Array): boolean {
  return findChain(session, ratchetKey) !== undefined
}

function findChain(session: SessionState, ratchetKey: Uint8Array): number | undefined {
  const position = session.receiverChains.findIndex((chain) => bytesEqual(chain.ratchetKey, ratchetKey))
  return position < 0 ? undefined : position
}

async function stepRatchet(session: SessionState, ratchetKey: Uint8Array): Promise<SessionState> {
  const { senderChain } = session
  if (!senderChain) throw new CryptoError('invalid_session', 'session has no sending chain')
  const before = { publicKey: senderChain.ratchetKey, privateKey: senderChain.ratchetPrivateKey }
  const [receivingSecret, { ours, sendingSecret }] = await Promise.all([
    agreeSecret(before, ratchetKey),
    agreeFresh(ratchetKey),
  ])
  requireLive(session)
  const receiving = mixIntoRootKey(session.rootKey, receivingSecret)
  const sending = mixIntoRootKey(receiving.rootKey, sendingSecret)
  wipe(receiving.rootKey)
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

async function agreeFresh(theirKey: Uint8Array): Promise<{ ours: KeyPair; sendingSecret: Uint8Array }> {
  const ours = await makeKeyPair()
  return { ours, sendingSecret: await agreeSecret(ours, theirKey) }
}

function takeFromChain(
  chain: ReceiverChain,
  counter: number,
  selfSession: boolean,
  effort: Effort,
): { chain: ReceiverChain; seed: Uint8Array } {
  if (counter < chain.chainKey.index) return takeKeptKey(chain, counter)
  requireJump(chain.chainKey.index, counter, selfSession)
  effort.spend(counter - chain.chainKey.index)
  const { chainKey, skipped } = skipTo(chain.chainKey, counter)
  const keptKeys = skipped.length === 0 ? chain.keptKeys : prependKept(skipped, chain.keptKeys)
  return {
    chain: { ...chain, chainKey: nextChainKey(chainKey), keptKeys },
    seed: messageSeed(chainKey),
  }
}

function requireJump(from: number, counter: number, selfSession: boolean): void {
  const most = selfSession ? MAX_SELF_JUMP : MAX_FORWARD_JUMP
  if (counter - from > most || counter >= MAX_CHAIN_INDEX) {
    throw new CryptoError('too_far_in_future', 'message skips too many others')
  }
}

function takeKeptKey(chain: ReceiverChain, counter: number): { chain: ReceiverChain; seed: Uint8Array } {
  const kept = chain.keptKeys.find((key) => key.index === counter)
  if (!kept) throw new CryptoError('duplicate_message', 'message was received before, or is too late')
  return {
    chain: { ...chain, keptKeys: chain.keptKeys.filter((key) => key !== kept) },
    seed: kept.seed.slice(),
  }
}

// only the keys that would be kept are derived
function skipTo(from: ChainKey, counter: number): { chainKey: ChainKey; skipped: KeptMessageKey[] } {
  const skipped: KeptMessageKey[] = []
  let chainKey = from
  while (chainKey.index < counter) {
    if (counter - chainKey.index <= MAX_KEPT_KEYS) {
      skipped.push({ index: chainKey.index, seed: messageSeed(chainKey) })
    }
    const next = nextChainKey(chainKey)
    // the first belongs to the session that was passed in
    if (chainKey !== from) wipe(chainKey.key)
    chainKey = next
  }
  return { chainKey, skipped }
}

function prependKept(
  skipped: readonly KeptMessageKey[],
  kept: readonly KeptMessageKey[],
): readonly KeptMessageKey[] {
  return [...skipped.toReversed(), ...kept].slice(0, MAX_KEPT_KEYS)
}
