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
  const kept = new Set<Uint8Array>()
  eachSecret(after, (secret) => kept.add(secret))
  eachSecret(before, (secret) => {
    if (!kept.has(secret)) wipe(secret)
  })
}

type Visit = (secret: Uint8Array) => void

function eachSecret({ rootKey, senderChain, receiverChains, pqRatchet }: SessionState, visit: Visit): void {
  visit(rootKey)
  visit(pqRatchet)
  if (senderChain) {
    visit(senderChain.ratchetPrivateKey)
    visit(senderChain.chainKey.key)
  }
  for (const { chainKey, keptKeys } of receiverChains) {
    visit(chainKey.key)
    for (const { seed } of keptKeys) visit(seed)
  }
  const state = decodedSpqrState(pqRatchet)
  if (!state) return
  if (state.negotiation) visit(state.negotiation.initialKey)
  if (state.chain) eachSecretOfChain(state.chain, visit)
  eachSecretOfBraid(state.braid, visit)
}

function eachSecretOfBraid(braid: BraidState, visit: Visit): void {
  visit(braid.authenticator.rootKey)
  visit(braid.authenticator.macKey)
  if ('decapsulationKey' in braid) visit(braid.decapsulationKey)
  if ('encapsulationState' in braid) visit(braid.encapsulationState)
}

function eachSecretOfChain({ nextRoot, epochs }: KeyChain, visit: Visit): void {
  visit(nextRoot)
  for (const { send, receive } of epochs) {
    visit(send.next)
    visit(send.kept)
    visit(receive.next)
    visit(receive.kept)
  }
}
