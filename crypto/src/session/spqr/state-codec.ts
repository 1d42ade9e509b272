/**
 * The whole post-quantum ratchet state as libsignal stores it inside a session: protobuf `PqRatchetState`.
 *
 * Source: SparsePostQuantumRatchet `src/proto/pq_ratchet.proto`.
 */
import { CryptoError } from '../../errors.ts'
import { readBytes, readNumber, writeBytes, writeNumber } from '../../wire/proto3.ts'
import { type ProtobufMessage, ProtobufWriter, readProtobuf } from '../../wire/protobuf.ts'
import { readStored } from '../../wire/stored.ts'
import type { BraidState } from './braid.ts'
import { decodeBraid, writeBraid } from './braid-codec.ts'
import { KEPT_KEY_LENGTH } from './kept-keys.ts'
import type { ChainLimits, Direction, DirectionChain, EpochChains, KeyChain } from './key-chain.ts'

/** Longest stored state that is read, in bytes. */
export const MAX_SPQR_STATE_LENGTH = 1_048_576
// what is read belongs to the state and is overwritten with it
const LIMITS = { maxLength: MAX_SPQR_STATE_LENGTH, copies: true }
const VERSION_1 = 1
// written as 0 by libsignal, for "the library's default"
const DEFAULT_LIMITS: ChainLimits = { maxJump: 25_000, maxKeptKeys: 2_000 }

/** Kept until the first message of the peer; it lets the key chain start late. */
export interface Negotiation {
  /** 32 bytes from the handshake. */
  readonly initialKey: Uint8Array
  readonly direction: Direction
  readonly limits: ChainLimits
}

export interface SpqrState {
  readonly braid: BraidState
  readonly chain?: KeyChain | undefined
  readonly negotiation?: Negotiation | undefined
}

// What encoded states decode to, for as long as the session with these very bytes is in use.
const decodedStates = new WeakMap<Uint8Array, SpqrState>()

export function encodeSpqrState(state: SpqrState): Uint8Array {
  const bytes = new ProtobufWriter()
    .nest(1, state.negotiation, writeNegotiation)
    .nest(2, state.chain, writeChain)
    .nest(3, state.braid, writeBraid)
    .finish()
  decodedStates.set(bytes, state)
  return bytes
}

/** @throws CryptoError `missing_spqr` when empty; `invalid_session` when damaged */
export function decodeSpqrState(bytes: Uint8Array): SpqrState {
  const known = decodedStates.get(bytes)
  if (known) return known
  const state = readStored('invalid_session', () => readState(bytes))
  decodedStates.set(bytes, state)
  return state
}

/** What these bytes decoded to, if they did. */
export function decodedSpqrState(bytes: Uint8Array): SpqrState | undefined {
  return decodedStates.get(bytes)
}

function readState(bytes: Uint8Array): SpqrState {
  if (bytes.length === 0) throw new CryptoError('missing_spqr', 'session has no post-quantum ratchet')
  const message = readProtobuf(bytes, LIMITS)
  const negotiation = message.bytes(1)
  const chain = message.bytes(2)
  const braid = message.bytes(3)
  if (!braid) throw new CryptoError('missing_spqr', 'session has no post-quantum ratchet, version 1')
  if (!negotiation && !chain) throw invalid()
  return {
    braid: decodeBraid(braid),
    chain: chain && decodeChain(chain),
    negotiation: negotiation && decodeNegotiation(negotiation),
  }
}

function writeNegotiation(writer: ProtobufWriter, negotiation: Negotiation): void {
  writer.bytes(1, negotiation.initialKey)
  writeNumber(writer, 2, directionNumber(negotiation.direction))
  writer.uint(3, VERSION_1).nest(4, negotiation.limits, writeLimits)
}

function decodeNegotiation(bytes: Uint8Array): Negotiation {
  const message = readProtobuf(bytes, LIMITS)
  return {
    initialKey: message.requireBytes(1, 32),
    direction: readDirection(message, 2),
    limits: decodeLimits(message.requireBytes(4)),
  }
}

function writeChain(writer: ProtobufWriter, chain: KeyChain): void {
  writeNumber(writer, 1, directionNumber(chain.direction))
  writeNumber(writer, 2, chain.currentEpoch)
  for (const epoch of chain.epochs) writer.nest(3, epoch, writeEpoch)
  writer.bytes(4, chain.nextRoot)
  writeNumber(writer, 5, chain.sendEpoch)
  writer.nest(6, chain.limits, writeLimits)
}

function writeEpoch(writer: ProtobufWriter, { send, receive }: EpochChains): void {
  writer.nest(1, send, writeDirection).nest(2, receive, writeDirection)
}

function decodeChain(bytes: Uint8Array): KeyChain {
  const message = readProtobuf(bytes, LIMITS)
  const epochs = message.repeatedBytes(3).map(decodeEpoch)
  const currentEpoch = readNumber(message, 2)
  const sendEpoch = readNumber(message, 5)
  if (epochs.length === 0 || epochs.length > currentEpoch + 1 || sendEpoch > currentEpoch) throw invalid()
  return {
    direction: readDirection(message, 1),
    currentEpoch,
    sendEpoch,
    epochs,
    nextRoot: message.requireBytes(4, 32),
    limits: decodeLimits(message.requireBytes(6)),
  }
}

function decodeEpoch(bytes: Uint8Array): EpochChains {
  const message = readProtobuf(bytes, LIMITS)
  return { send: decodeDirection(message.requireBytes(1)), receive: decodeDirection(message.requireBytes(2)) }
}

function writeDirection(writer: ProtobufWriter, { counter, next, kept }: DirectionChain): void {
  writeNumber(writer, 1, counter)
  writeBytes(writer, 2, next)
  writeBytes(writer, 3, kept)
}

function decodeDirection(bytes: Uint8Array): DirectionChain {
  const message = readProtobuf(bytes, LIMITS)
  const next = readBytes(message, 2)
  const kept = readBytes(message, 3)
  if ((next.length !== 0 && next.length !== 32) || kept.length % KEPT_KEY_LENGTH !== 0) throw invalid()
  return { counter: message.uint32(1) ?? 0, next, kept }
}

function writeLimits(writer: ProtobufWriter, { maxJump, maxKeptKeys }: ChainLimits): void {
  writeNumber(writer, 1, maxJump === DEFAULT_LIMITS.maxJump ? 0 : maxJump)
  writeNumber(writer, 2, maxKeptKeys === DEFAULT_LIMITS.maxKeptKeys ? 0 : maxKeptKeys)
}

function decodeLimits(bytes: Uint8Array): ChainLimits {
  const message = readProtobuf(bytes, LIMITS)
  return {
    maxJump: message.uint32(1) || DEFAULT_LIMITS.maxJump,
    maxKeptKeys: message.uint32(2) || DEFAULT_LIMITS.maxKeptKeys,
  }
}

function directionNumber(direction: Direction): number {
  return direction === 'a-to-b' ? 0 : 1
}

function readDirection(message: ProtobufMessage, field: number): Direction {
  const value = readNumber(message, field)
  if (value > 1) throw invalid()
  return value === 0 ? 'a-to-b' : 'b-to-a'
}

function invalid(): CryptoError {
  return new CryptoError('invalid_session', 'stored ratchet state has the wrong shape')
}
