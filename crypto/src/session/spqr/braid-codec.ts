/**
 * The braid's state as libsignal stores it: protobuf `V1State`, one message per phase that wraps the phase's keys
 * ("unchunked", field 1) and its encoders and decoders (fields 2 and 3).
 *
 * Source: SparsePostQuantumRatchet `src/proto/pq_ratchet.proto`.
 */
import { CryptoError } from '../../errors.ts'
import {
  CIPHERTEXT_1_LENGTH,
  CIPHERTEXT_2_LENGTH,
  DECAPSULATION_KEY_LENGTH,
  ENCAPSULATION_STATE_LENGTH,
  HEADER_LENGTH,
  KEY_VECTOR_LENGTH,
} from '../../primitives/ml-kem-768-incremental.ts'
import { writeBytes, writeNumber } from '../../wire/proto3.ts'
import { type ProtobufMessage, type ProtobufWriter, readProtobuf } from '../../wire/protobuf.ts'
import { AUTHENTICATION_TAG_LENGTH, type Authenticator } from './authenticator.ts'
import { AUTHENTICATED_HEADER_LENGTH, type BraidState } from './braid.ts'
import type { ChunkDecoder, ChunkEncoder } from './erasure-code.ts'
import { decodeDecoder, decodeEncoder, writeDecoder, writeEncoder } from './erasure-code-codec.ts'

// what is read belongs to the state and is overwritten with it
const LIMITS = { maxLength: 65_536, copies: true }
const TAGGED_CIPHERTEXT_2_LENGTH = CIPHERTEXT_2_LENGTH + AUTHENTICATION_TAG_LENGTH

// field numbers of V1State's oneof
const PHASE_FIELDS = {
  keysUnsampled: 1,
  keysSampled: 2,
  headerSent: 3,
  ct1Received: 4,
  ekSentCt1Received: 5,
  noHeaderReceived: 6,
  headerReceived: 7,
  ct1Sampled: 8,
  ekReceivedCt1Sampled: 9,
  ct1Acknowledged: 10,
  ct2Sampled: 11,
} as const satisfies Record<BraidState['phase'], number>

export function writeBraid(writer: ProtobufWriter, state: BraidState): void {
  writer.nest(PHASE_FIELDS[state.phase], state, writePhase)
}

function writePhase(writer: ProtobufWriter, state: BraidState): void {
  const [keys, second, third] = partsOf(state)
  writer.nest(1, keys, (inner) => {
    writeNumber(inner, 1, state.epoch)
    inner.nest(2, state.authenticator, writeAuthenticator)
    keys.forEach((key, i) => {
      writeBytes(inner, 3 + i, key)
    })
  })
  writer.nest(2, second, writeCoder).nest(3, third, writeCoder)
}

function writeCoder(writer: ProtobufWriter, coder: Coder): void {
  if ('value' in coder) writeEncoder(writer, coder)
  else writeDecoder(writer, coder)
}

type Coder = ChunkEncoder | ChunkDecoder
type Parts = [keys: readonly Uint8Array[], second?: Coder | undefined, third?: Coder]

// the phase's key fields from number 3 on, then fields 2 and 3 of its message
function partsOf(state: BraidState): Parts {
  switch (state.phase) {
    case 'keysUnsampled':
      return [[]]
    case 'keysSampled':
      return [[state.keyVector, state.decapsulationKey], state.sendingHeader]
    case 'headerSent':
      return [[state.decapsulationKey], state.sendingKey, state.receivingCiphertext1]
    case 'ct1Received':
      return [[state.decapsulationKey, state.ciphertext1], state.sendingKey]
    case 'ekSentCt1Received':
      return [[state.decapsulationKey, state.ciphertext1], undefined, state.receivingCiphertext2]
    case 'noHeaderReceived':
      return [[], state.receivingHeader]
    case 'headerReceived':
      return [[state.header], state.receivingKey]
    case 'ct1Sampled': {
      const keys = [state.header, state.encapsulationState, state.ciphertext1]
      return [keys, state.sendingCiphertext1, state.receivingKey]
    }
    case 'ekReceivedCt1Sampled':
      return [[state.encapsulationState, state.keyVector, state.ciphertext1], state.sendingCiphertext1]
    case 'ct1Acknowledged':
      return [[state.header, state.encapsulationState, state.ciphertext1], state.receivingKey]
    case 'ct2Sampled':
      return [[], state.sendingCiphertext2]
  }
}

/** @throws CryptoError `invalid_session` on any other shape; `malformed`, `too_large` from the codec */
export function decodeBraid(bytes: Uint8Array): BraidState {
  const outer = readProtobuf(bytes, LIMITS)
  for (const [phase, field] of Object.entries(PHASE_FIELDS)) {
    const inner = outer.bytes(field)
    if (inner) return decodePhase(phase as BraidState['phase'], readProtobuf(inner, LIMITS))
  }
  throw invalid('ratchet state has no phase')
}

function decodePhase(phase: BraidState['phase'], message: ProtobufMessage): BraidState {
  const keys = readProtobuf(message.requireBytes(1), LIMITS)
  const epoch = keys.uint(1) ?? 0
  if (epoch === 0) throw invalid('ratchet state has no epoch')
  const common = { epoch, authenticator: decodeAuthenticator(keys.requireBytes(2)) }
  return isKeyMakingPhase(phase)
    ? decodeKeyMaking(phase, message, keys, common)
    : decodeEncapsulating(phase, message, keys, common)
}

type Common = Pick<BraidState, 'epoch' | 'authenticator'>
type KeyMakingPhase = 'keysUnsampled' | 'keysSampled' | 'headerSent' | 'ct1Received' | 'ekSentCt1Received'

function isKeyMakingPhase(phase: BraidState['phase']): phase is KeyMakingPhase {
  return PHASE_FIELDS[phase] <= PHASE_FIELDS.ekSentCt1Received
}

function decodeKeyMaking(
  phase: KeyMakingPhase,
  message: ProtobufMessage,
  keys: ProtobufMessage,
  common: Common,
): BraidState {
  if (phase === 'keysUnsampled') return { phase, ...common }
  if (phase === 'keysSampled') {
    const keyVector = keys.requireBytes(3, KEY_VECTOR_LENGTH)
    const decapsulationKey = keys.requireBytes(4, DECAPSULATION_KEY_LENGTH)
    const sendingHeader = decodeEncoder(message.requireBytes(2), AUTHENTICATED_HEADER_LENGTH)
    return { phase, ...common, keyVector, decapsulationKey, sendingHeader }
  }
  const decapsulationKey = keys.requireBytes(3, DECAPSULATION_KEY_LENGTH)
  if (phase === 'headerSent') {
    const sendingKey = decodeEncoder(message.requireBytes(2), KEY_VECTOR_LENGTH)
    const receivingCiphertext1 = decodeDecoder(message.requireBytes(3), CIPHERTEXT_1_LENGTH)
    return { phase, ...common, decapsulationKey, sendingKey, receivingCiphertext1 }
  }
  const ciphertext1 = keys.requireBytes(4, CIPHERTEXT_1_LENGTH)
  if (phase === 'ct1Received') {
    const sendingKey = decodeEncoder(message.requireBytes(2), KEY_VECTOR_LENGTH)
    return { phase, ...common, decapsulationKey, ciphertext1, sendingKey }
  }
  const receivingCiphertext2 = decodeDecoder(message.requireBytes(3), TAGGED_CIPHERTEXT_2_LENGTH)
  return { phase, ...common, decapsulationKey, ciphertext1, receivingCiphertext2 }
}

function decodeEncapsulating(
  phase: Exclude<BraidState['phase'], KeyMakingPhase>,
  message: ProtobufMessage,
  keys: ProtobufMessage,
  common: Common,
): BraidState {
  const second = message.requireBytes(2)
  switch (phase) {
    case 'noHeaderReceived':
      return { phase, ...common, receivingHeader: decodeDecoder(second, AUTHENTICATED_HEADER_LENGTH) }
    case 'headerReceived': {
      const header = keys.requireBytes(3, HEADER_LENGTH)
      return { phase, ...common, header, receivingKey: decodeDecoder(second, KEY_VECTOR_LENGTH) }
    }
    case 'ct1Sampled': {
      const sendingCiphertext1 = decodeEncoder(second, CIPHERTEXT_1_LENGTH)
      const receivingKey = decodeDecoder(message.requireBytes(3), KEY_VECTOR_LENGTH)
      return { phase, ...common, ...readEncapsulated(keys), sendingCiphertext1, receivingKey }
    }
    case 'ct1Acknowledged': {
      const receivingKey = decodeDecoder(second, KEY_VECTOR_LENGTH)
      return { phase, ...common, ...readEncapsulated(keys), receivingKey }
    }
    case 'ekReceivedCt1Sampled': {
      const encapsulationState = keys.requireBytes(3, ENCAPSULATION_STATE_LENGTH)
      const keyVector = keys.requireBytes(4, KEY_VECTOR_LENGTH)
      const ciphertext1 = keys.requireBytes(5, CIPHERTEXT_1_LENGTH)
      const sendingCiphertext1 = decodeEncoder(second, CIPHERTEXT_1_LENGTH)
      return { phase, ...common, encapsulationState, keyVector, ciphertext1, sendingCiphertext1 }
    }
    case 'ct2Sampled':
      return { phase, ...common, sendingCiphertext2: decodeEncoder(second, TAGGED_CIPHERTEXT_2_LENGTH) }
  }
}

function readEncapsulated(keys: ProtobufMessage) {
  return {
    header: keys.requireBytes(3, HEADER_LENGTH),
    encapsulationState: keys.requireBytes(4, ENCAPSULATION_STATE_LENGTH),
    ciphertext1: keys.requireBytes(5, CIPHERTEXT_1_LENGTH),
  }
}

function writeAuthenticator(writer: ProtobufWriter, { rootKey, macKey }: Authenticator): void {
  writer.bytes(1, rootKey).bytes(2, macKey)
}

function decodeAuthenticator(bytes: Uint8Array): Authenticator {
  const message = readProtobuf(bytes, LIMITS)
  return { rootKey: message.requireBytes(1, 32), macKey: message.requireBytes(2, 32) }
}

function invalid(text: string): CryptoError {
  return new CryptoError('invalid_session', text)
}
