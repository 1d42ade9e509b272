/**
 * The Sparse Post-Quantum Ratchet, version 1: each message carries a piece of the braid and uses a key of its chain.
 * States go in and out in their stored form; nothing is changed in place.
 *
 * Source: Signal's Triple Ratchet and ML-KEM Braid specifications; SparsePostQuantumRatchet `src/lib.rs`. Stricter
 * than there: no version below or above 1, and no message without a key, is accepted.
 *
 * Not concerned with the double ratchet: see `../triple-ratchet.ts`.
 */
import { CryptoError } from '../../errors.ts'
import { Effort } from '../effort.ts'
import { braidSend, startBraid } from './braid.ts'
import { braidReceive } from './braid-receive.ts'
import { addEpoch, type KeyChain, nextSendKey, startKeyChain, takeReceiveKey } from './key-chain.ts'
import { decodeSpqrMessage, encodeSpqrMessage } from './message.ts'
import { decodeSpqrState, encodeSpqrState, type Negotiation, type SpqrState } from './state-codec.ts'

/** The state of a new session, serialised. The session's initiator goes in direction `a-to-b`. */
export function startSpqr(negotiation: Negotiation): Uint8Array {
  const { initialKey, direction } = negotiation
  return encodeSpqrState({ braid: startBraid(initialKey, direction), negotiation })
}

export interface SpqrSend {
  readonly state: Uint8Array
  readonly message: Uint8Array
  /** 32 bytes, mixed into the message's keys. */
  readonly key: Uint8Array
}

/** @throws CryptoError `invalid_session` when the stored state does not decode */
export function spqrSend(stored: Uint8Array): SpqrSend {
  const { braid, chain, negotiation } = decodeSpqrState(stored)
  const { state, payload, epochSecret } = braidSend(braid)
  const current = requireChain(chain, negotiation)
  const extended = epochSecret ? addEpoch(current, epochSecret) : current
  const sent = nextSendKey(extended, state.epoch - 1)
  return {
    state: encodeSpqrState({ braid: state, chain: sent.chain, negotiation }),
    message: encodeSpqrMessage({ epoch: state.epoch, index: sent.index, payload }),
    key: sent.key,
  }
}

export interface SpqrReceive {
  readonly state: Uint8Array
  /** 32 bytes, mixed into the message's keys. */
  readonly key: Uint8Array
}

/**
 * @throws CryptoError `missing_spqr`, `spqr_failed`, `spqr_out_of_range`, `too_far_in_future`, `malformed`,
 *   `too_large`; `invalid_session` when the stored state does not decode
 */
export function spqrReceive(
  stored: Uint8Array,
  messageBytes: Uint8Array,
  effort: Effort = Effort.forCurrentSession(),
): SpqrReceive {
  const message = decodeSpqrMessage(messageBytes)
  if (message.index === 0) throw new CryptoError('missing_spqr', 'message has no ratchet key')
  const { braid, chain, negotiation } = decodeSpqrState(stored)
  const { state, epochSecret } = braidReceive(braid, message.epoch, message.payload)
  const current = requireChain(chain, negotiation)
  const extended = epochSecret ? addEpoch(current, epochSecret) : current
  const received = takeReceiveKey(extended, message.epoch - 1, message.index, effort)
  // the peer has spoken: the handshake's key is needed no more
  return { state: encodeSpqrState({ braid: state, chain: received.chain }), key: received.key }
}

function requireChain(chain: KeyChain | undefined, negotiation: SpqrState['negotiation']): KeyChain {
  if (chain) return chain
  if (!negotiation) throw new CryptoError('invalid_session', 'ratchet has no key chain')
  return startKeyChain(negotiation.initialKey, negotiation.direction, negotiation.limits)
}
