/**
 * The ML-KEM braid: two parties take turns in agreeing on one ML-KEM-768 secret after the other, a chunk per message.
 * This file holds the states and what each sends; `braid-receive.ts` holds what each does with a message.
 *
 * One side of an epoch makes the key (phases keysUnsampled … ekSentCt1Received), the other encapsulates to it
 * (noHeaderReceived … ct2Sampled); then they swap. The phases bear the names of libsignal's state messages.
 *
 * Source: Signal's ML-KEM Braid specification; SparsePostQuantumRatchet `src/v1/`.
 */
import { concatBytes } from '../../primitives/bytes.ts'
import {
  encapsulateFirst,
  encapsulateSecond,
  generateIncrementalKeys,
  HEADER_LENGTH,
} from '../../primitives/ml-kem-768-incremental.ts'
import {
  AUTHENTICATION_TAG_LENGTH,
  type Authenticator,
  authenticateCiphertext,
  authenticateHeader,
  createAuthenticator,
  deriveEpochSecret,
  updateAuthenticator,
} from './authenticator.ts'
import {
  type ChunkDecoder,
  type ChunkEncoder,
  nextChunk,
  startDecoding,
  startEncoding,
} from './erasure-code.ts'
import type { Direction, EpochSecret } from './key-chain.ts'
import type { ChunkKind, Payload } from './message.ts'

interface Common {
  readonly epoch: number
  readonly authenticator: Authenticator
}

/** What the encapsulating side keeps between its first and second ciphertext part. */
export interface Encapsulated extends Common {
  /** 64 bytes. */
  readonly header: Uint8Array
  /** 2080 bytes. */
  readonly encapsulationState: Uint8Array
  /** 960 bytes. */
  readonly ciphertext1: Uint8Array
}

export interface KeysUnsampled extends Common {
  readonly phase: 'keysUnsampled'
}
export interface KeysSampled extends Common {
  readonly phase: 'keysSampled'
  readonly keyVector: Uint8Array
  readonly decapsulationKey: Uint8Array
  readonly sendingHeader: ChunkEncoder
}
export interface HeaderSent extends Common {
  readonly phase: 'headerSent'
  readonly decapsulationKey: Uint8Array
  readonly sendingKey: ChunkEncoder
  readonly receivingCiphertext1: ChunkDecoder
}
export interface Ct1Received extends Common {
  readonly phase: 'ct1Received'
  readonly decapsulationKey: Uint8Array
  readonly ciphertext1: Uint8Array
  readonly sendingKey: ChunkEncoder
}
export interface EkSentCt1Received extends Common {
  readonly phase: 'ekSentCt1Received'
  readonly decapsulationKey: Uint8Array
  readonly ciphertext1: Uint8Array
  readonly receivingCiphertext2: ChunkDecoder
}
export interface NoHeaderReceived extends Common {
  readonly phase: 'noHeaderReceived'
  readonly receivingHeader: ChunkDecoder
}
export interface HeaderReceived extends Common {
  readonly phase: 'headerReceived'
  readonly header: Uint8Array
  readonly receivingKey: ChunkDecoder
}
export interface Ct1Sampled extends Encapsulated {
  readonly phase: 'ct1Sampled'
  readonly sendingCiphertext1: ChunkEncoder
  readonly receivingKey: ChunkDecoder
}
export interface EkReceivedCt1Sampled extends Omit<Encapsulated, 'header'> {
  readonly phase: 'ekReceivedCt1Sampled'
  readonly keyVector: Uint8Array
  readonly sendingCiphertext1: ChunkEncoder
}
export interface Ct1Acknowledged extends Encapsulated {
  readonly phase: 'ct1Acknowledged'
  readonly receivingKey: ChunkDecoder
}
export interface Ct2Sampled extends Common {
  readonly phase: 'ct2Sampled'
  readonly sendingCiphertext2: ChunkEncoder
}

export type BraidState =
  | KeysUnsampled
  | KeysSampled
  | HeaderSent
  | Ct1Received
  | EkSentCt1Received
  | NoHeaderReceived
  | HeaderReceived
  | Ct1Sampled
  | EkReceivedCt1Sampled
  | Ct1Acknowledged
  | Ct2Sampled

export const AUTHENTICATED_HEADER_LENGTH = HEADER_LENGTH + AUTHENTICATION_TAG_LENGTH

/** A starts with making a key, B with waiting for it. @param initialKey 32 bytes from the handshake */
export function startBraid(initialKey: Uint8Array, direction: Direction): BraidState {
  const common = { epoch: 1, authenticator: createAuthenticator(initialKey, 1) }
  if (direction === 'a-to-b') return { phase: 'keysUnsampled', ...common }
  return {
    phase: 'noHeaderReceived',
    ...common,
    receivingHeader: startDecoding(AUTHENTICATED_HEADER_LENGTH),
  }
}

export interface BraidSend {
  readonly state: BraidState
  readonly payload: Payload
  /** The new epoch's secret, when this send agreed on one. */
  readonly epochSecret?: EpochSecret
}

export function braidSend(state: BraidState): BraidSend {
  switch (state.phase) {
    case 'keysUnsampled':
      return sendHeader(makeKeys(state))
    case 'keysSampled':
      return sendHeader(state)
    case 'headerSent':
      return sendChunk('key', state.sendingKey, (sendingKey) => ({ ...state, sendingKey }))
    case 'ct1Received':
      return sendChunk('keyAndCiphertext1Ack', state.sendingKey, (sendingKey) => ({ ...state, sendingKey }))
    case 'ekSentCt1Received':
      return { state, payload: { kind: 'ciphertext1Ack' } }
    case 'noHeaderReceived':
    case 'ct1Acknowledged':
      return { state, payload: { kind: 'none' } }
    case 'headerReceived':
      return encapsulate(state)
    case 'ct1Sampled':
    case 'ekReceivedCt1Sampled':
      return sendChunk('ciphertext1', state.sendingCiphertext1, (sendingCiphertext1) => ({
        ...state,
        sendingCiphertext1,
      }))
    case 'ct2Sampled':
      return sendChunk('ciphertext2', state.sendingCiphertext2, (sendingCiphertext2) => ({
        ...state,
        sendingCiphertext2,
      }))
  }
}

/** Starts on the second ciphertext part once key and acknowledgement are here. */
export function startCiphertext2(state: Omit<Encapsulated, 'header'>, keyVector: Uint8Array): Ct2Sampled {
  const { epoch, authenticator, ciphertext1 } = state
  const ciphertext2 = encapsulateSecond(keyVector, state.encapsulationState)
  const tag = authenticateCiphertext(authenticator, epoch, concatBytes(ciphertext1, ciphertext2))
  return {
    phase: 'ct2Sampled',
    epoch,
    authenticator,
    sendingCiphertext2: startEncoding(concatBytes(ciphertext2, tag)),
  }
}

function makeKeys({ epoch, authenticator }: KeysUnsampled): KeysSampled {
  const { header, keyVector, decapsulationKey } = generateIncrementalKeys()
  const tag = authenticateHeader(authenticator, epoch, header)
  const sendingHeader = startEncoding(concatBytes(header, tag))
  return { phase: 'keysSampled', epoch, authenticator, keyVector, decapsulationKey, sendingHeader }
}

function sendHeader(state: KeysSampled): BraidSend {
  return sendChunk('header', state.sendingHeader, (sendingHeader) => ({ ...state, sendingHeader }))
}

function encapsulate(state: HeaderReceived): BraidSend {
  const { epoch, header, receivingKey } = state
  const first = encapsulateFirst(header)
  const secret = deriveEpochSecret(first.sharedSecret, epoch)
  const sampled: Omit<Ct1Sampled, 'sendingCiphertext1'> = {
    phase: 'ct1Sampled',
    epoch,
    authenticator: updateAuthenticator(state.authenticator, epoch, secret),
    header,
    encapsulationState: first.state,
    ciphertext1: first.ciphertext1,
    receivingKey,
  }
  const sent = sendChunk('ciphertext1', startEncoding(first.ciphertext1), (sendingCiphertext1) => ({
    ...sampled,
    sendingCiphertext1,
  }))
  return { ...sent, epochSecret: { epoch, secret } }
}

function sendChunk(
  kind: ChunkKind,
  encoder: ChunkEncoder,
  withEncoder: (encoder: ChunkEncoder) => BraidState,
): BraidSend {
  const { encoder: moved, chunk } = nextChunk(encoder)
  return { state: withEncoder(moved), payload: { kind, chunk } }
}
