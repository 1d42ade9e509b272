/**
 * Overwrites the secrets of a session that its successor no longer holds, once the successor is stored: old root and chain
 * keys, ratchet private keys, and what the post-quantum ratchet has left behind.
 *
 * A session that was overwritten must never be used again: its keys are zeros. `requireLive` refuses it, which can only
 * happen to a caller that lets two calls for one device overlap.
 *
 * Not concerned with the stored bytes: those belong to the store.
 */
import { CryptoError } from '../errors.ts'
import { wipe } from '../primitives/bytes.ts'
import type { SessionState } from './session-state.ts'
import type { BraidState } from './spqr/braid.ts'
import type { KeyChain } from './spqr/key-chain.ts'
import { decodedSpqrState } from './spqr/state-codec.ts'

const spent = new WeakSet<SessionState>()

/** @throws CryptoError `invalid_session` when the session was overwritten */
export function requireLive(session: SessionState): void {
  if (spent.has(session)) {
    throw new CryptoError('invalid_session', 'session has moved on: calls for one device overlapped')
  }
}

/** Overwrites what `before` held in secret and `after` does not share with it. */
export function overwriteReplaced(before: SessionState, after: SessionState): void {
  if (before === after) return
  spent.add(before)
  const kept = new Set(secretsOf(after))
  for (const secret of secretsOf(before)) if (!kept.has(secret)) wipe(secret)
}

function secretsOf(session: SessionState): Uint8Array[] {
  const { rootKey, senderChain, receiverChains, pqRatchet } = session
  const secrets = [rootKey, pqRatchet]
  if (senderChain) secrets.push(senderChain.ratchetPrivateKey, senderChain.chainKey.key)
  for (const { chainKey, keptKeys } of receiverChains) {
    secrets.push(chainKey.key)
    for (const { seed } of keptKeys) secrets.push(seed)
  }
  const state = decodedSpqrState(pqRatchet)
  if (!state) return secrets
  if (state.negotiation) secrets.push(state.negotiation.initialKey)
  return [...secrets, ...secretsOfBraid(state.braid), ...(state.chain ? secretsOfChain(state.chain) : [])]
}

function secretsOfBraid(braid: BraidState): Uint8Array[] {
  const secrets = [braid.authenticator.rootKey, braid.authenticator.macKey]
  if ('decapsulationKey' in braid) secrets.push(braid.decapsulationKey)
  if ('encapsulationState' in braid) secrets.push(braid.encapsulationState)
  return secrets
}

function secretsOfChain({ nextRoot, epochs }: KeyChain): Uint8Array[] {
  return [
    nextRoot,
    ...epochs.flatMap(({ send, receive }) => [send.next, send.kept, receive.next, receive.kept]),
  ]
}
