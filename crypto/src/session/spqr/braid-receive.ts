/**
 * What each state of the ML-KEM braid does with a message of the peer. Messages of earlier epochs, and those that a
 * state has no use for, change nothing: they come late, or again.
 *
 * Source: Signal's ML-KEM Braid specification; SparsePostQuantumRatchet `src/v1/chunked/states.rs`.
 */
import { CryptoError } from '../../errors.ts'
import { bytesEqual, concatBytes } from '../../primitives/bytes.ts'
import {
  CIPHERTEXT_1_LENGTH,
  CIPHERTEXT_2_LENGTH,
  decapsulateIncremental,
  HEADER_LENGTH,
  KEY_VECTOR_LENGTH,
  keyVectorMatches,
} from '../../primitives/ml-kem-768-incremental.ts'
import {
  AUTHENTICATION_TAG_LENGTH,
  authenticateCiphertext,
  authenticateHeader,
  deriveEpochSecret,
  updateAuthenticator,
} from './authenticator.ts'
import {
  AUTHENTICATED_HEADER_LENGTH,
  type BraidState,
  type Ct1Acknowledged,
  type Ct1Sampled,
  type EkSentCt1Received,
  type HeaderSent,
  type KeysSampled,
  type NoHeaderReceived,
  startCiphertext2,
} from './braid.ts'
import {
  addChunk,
  type Chunk,
  type ChunkDecoder,
  decodedValue,
  startDecoding,
  startEncoding,
} from './erasure-code.ts'
import type { EpochSecret } from './key-chain.ts'
import type { Payload } from './message.ts'

export interface BraidReceive {
  readonly state: BraidState
  /** The new epoch's secret, when this message agreed on one. */
  readonly epochSecret?: EpochSecret
}

const CIPHERTEXT_2_AND_TAG_LENGTH = CIPHERTEXT_2_LENGTH + AUTHENTICATION_TAG_LENGTH

/**
 * @throws CryptoError `spqr_out_of_range` for an epoch ahead of what the state can reach; `spqr_failed` when a tag or
 *   a key does not match
 */
export function braidReceive(state: BraidState, epoch: number, payload: Payload): BraidReceive {
  if (epoch < state.epoch) return { state }
  if (epoch > state.epoch) return { state: enterNextEpoch(state, epoch) }
  if (!('chunk' in payload)) {
    return { state: payload.kind === 'ciphertext1Ack' ? receiveAcknowledgement(state) : state }
  }
  const { chunk } = payload
  switch (payload.kind) {
    case 'header':
      return { state: state.phase === 'noHeaderReceived' ? receiveHeader(state, chunk) : state }
    case 'key':
      return { state: receiveKey(state, chunk, false) }
    case 'keyAndCiphertext1Ack':
      return { state: receiveKey(receiveAcknowledgement(state), chunk, true) }
    case 'ciphertext1':
      return { state: receiveCiphertext1(state, chunk) }
    case 'ciphertext2':
      return receiveCiphertext2(state, chunk)
  }
}

// only the side that has sent its whole ciphertext may learn of the next epoch from a message
function enterNextEpoch(state: BraidState, epoch: number): BraidState {
  if (state.phase !== 'ct2Sampled' || epoch !== state.epoch + 1) {
    throw new CryptoError('spqr_out_of_range', 'ratchet epoch is ahead of this session')
  }
  return { phase: 'keysUnsampled', epoch, authenticator: state.authenticator }
}

function receiveHeader(state: NoHeaderReceived, chunk: Chunk): BraidState {
  const receivingHeader = addChunk(state.receivingHeader, chunk)
  const value = decodedValue(receivingHeader)
  if (!value) return { ...state, receivingHeader }
  const { epoch, authenticator } = state
  const header = value.slice(0, HEADER_LENGTH)
  requireTag(authenticateHeader(authenticator, epoch, header), value.subarray(HEADER_LENGTH))
  return {
    phase: 'headerReceived',
    epoch,
    authenticator,
    header,
    receivingKey: startDecoding(KEY_VECTOR_LENGTH),
  }
}

function receiveCiphertext1(state: BraidState, chunk: Chunk): BraidState {
  if (state.phase === 'keysSampled') return startSendingKey(state, chunk)
  if (state.phase !== 'headerSent') return state
  return continueCiphertext1({
    ...state,
    receivingCiphertext1: addChunk(state.receivingCiphertext1, chunk),
  })
}

// the peer's first ciphertext chunk tells that it has the whole header
function startSendingKey(state: KeysSampled, chunk: Chunk): BraidState {
  const { epoch, authenticator, decapsulationKey, keyVector } = state
  const receivingCiphertext1 = addChunk(startDecoding(CIPHERTEXT_1_LENGTH), chunk)
  const sendingKey = startEncoding(keyVector)
  return { phase: 'headerSent', epoch, authenticator, decapsulationKey, sendingKey, receivingCiphertext1 }
}

function continueCiphertext1(state: HeaderSent): BraidState {
  const ciphertext1 = decodedValue(state.receivingCiphertext1)
  if (!ciphertext1) return state
  const { epoch, authenticator, decapsulationKey, sendingKey } = state
  return { phase: 'ct1Received', epoch, authenticator, decapsulationKey, ciphertext1, sendingKey }
}

function receiveCiphertext2(state: BraidState, chunk: Chunk): BraidReceive {
  if (state.phase === 'ct1Received') {
    const { epoch, authenticator, decapsulationKey, ciphertext1 } = state
    const receivingCiphertext2 = addChunk(startDecoding(CIPHERTEXT_2_AND_TAG_LENGTH), chunk)
    const phase = 'ekSentCt1Received'
    return {
      state: { phase, epoch, authenticator, decapsulationKey, ciphertext1, receivingCiphertext2 },
    }
  }
  if (state.phase !== 'ekSentCt1Received') return { state }
  const receivingCiphertext2 = addChunk(state.receivingCiphertext2, chunk)
  return finishEpoch({ ...state, receivingCiphertext2 })
}

function finishEpoch(state: EkSentCt1Received): BraidReceive {
  const value = decodedValue(state.receivingCiphertext2)
  if (!value) return { state }
  const { epoch, ciphertext1 } = state
  const ciphertext2 = value.slice(0, CIPHERTEXT_2_LENGTH)
  const sharedSecret = decapsulateIncremental(state.decapsulationKey, ciphertext1, ciphertext2)
  const secret = deriveEpochSecret(sharedSecret, epoch)
  const authenticator = updateAuthenticator(state.authenticator, epoch, secret)
  requireTag(
    authenticateCiphertext(authenticator, epoch, concatBytes(ciphertext1, ciphertext2)),
    value.subarray(CIPHERTEXT_2_LENGTH),
  )
  const receivingHeader = startDecoding(AUTHENTICATED_HEADER_LENGTH)
  return {
    state: { phase: 'noHeaderReceived', epoch: epoch + 1, authenticator, receivingHeader },
    epochSecret: { epoch, secret },
  }
}

function receiveKey(state: BraidState, chunk: Chunk, acknowledged: boolean): BraidState {
  if (state.phase !== 'ct1Sampled' && state.phase !== 'ct1Acknowledged') return state
  const receivingKey = addChunk(state.receivingKey, chunk)
  const keyVector = decodedValue(receivingKey)
  if (!keyVector) return acknowledged ? acknowledge(state, receivingKey) : { ...state, receivingKey }
  requireKeyVector(state, keyVector)
  if (acknowledged || state.phase === 'ct1Acknowledged') return startCiphertext2(state, keyVector)
  const { epoch, authenticator, encapsulationState, ciphertext1, sendingCiphertext1 } = state
  const phase = 'ekReceivedCt1Sampled'
  return { phase, epoch, authenticator, encapsulationState, ciphertext1, keyVector, sendingCiphertext1 }
}

function acknowledge(state: Ct1Sampled | Ct1Acknowledged, receivingKey: ChunkDecoder): Ct1Acknowledged {
  const { epoch, authenticator, header, encapsulationState, ciphertext1 } = state
  const phase = 'ct1Acknowledged'
  return { phase, epoch, authenticator, header, encapsulationState, ciphertext1, receivingKey }
}

function receiveAcknowledgement(state: BraidState): BraidState {
  if (state.phase === 'ekReceivedCt1Sampled') return startCiphertext2(state, state.keyVector)
  return state
}

function requireKeyVector(state: Ct1Sampled | Ct1Acknowledged, keyVector: Uint8Array): void {
  const { header, encapsulationState, ciphertext1 } = state
  if (!keyVectorMatches(keyVector, header, encapsulationState, ciphertext1)) {
    throw new CryptoError('spqr_failed', 'ratchet key does not match its header')
  }
}

function requireTag(expected: Uint8Array, received: Uint8Array): void {
  if (!bytesEqual(expected, received)) {
    throw new CryptoError('spqr_failed', 'ratchet authentication tag does not match')
  }
}
