/**
 * Message keys out of the epochs' secrets: per epoch one chain for each direction, with keys kept for messages that
 * come late.
 *
 * Source: Signal's Triple Ratchet specification; SparsePostQuantumRatchet `src/chain.rs`.
 *
 * Not concerned with how an epoch's secret is agreed: see `braid.ts`.
 */
import { CryptoError } from '../../errors.ts'
import { utf8ToBytes, wipe } from '../../primitives/bytes.ts'
import { hkdfSha256 } from '../../primitives/hash.ts'
import { Effort } from '../effort.ts'
import { clearKeys, collectKeys, type KeptKeys, takeKey } from './kept-keys.ts'

const LABEL_START = 'Signal PQ Ratchet V1 Chain  Start' // two spaces, as libsignal has it
const LABEL_ADD_EPOCH = 'Signal PQ Ratchet V1 Chain Add Epoch'
const LABEL_NEXT = utf8ToBytes('Signal PQ Ratchet V1 Chain Next')
const ZERO_SALT = new Uint8Array(32)
const EPOCHS_BEFORE_SENDING_EPOCH = 1
// counters are 32 bits
const MAX_COUNTER = 0xffff_ffff

/** The initiator of the session is A. */
export type Direction = 'a-to-b' | 'b-to-a'

export interface ChainLimits {
  /** Most keys that a message may skip. */
  readonly maxJump: number
  /** How far back keys of skipped messages are kept. */
  readonly maxKeptKeys: number
}

export interface DirectionChain {
  readonly counter: number
  /** 32 bytes, or empty once the chain will not be used again. */
  readonly next: Uint8Array
  readonly kept: KeptKeys
}

export interface EpochChains {
  readonly send: DirectionChain
  readonly receive: DirectionChain
}

export interface KeyChain {
  readonly direction: Direction
  readonly currentEpoch: number
  readonly sendEpoch: number
  /** The last epoch is `currentEpoch`. */
  readonly epochs: readonly EpochChains[]
  /** 32 bytes. */
  readonly nextRoot: Uint8Array
  readonly limits: ChainLimits
}

export interface EpochSecret {
  readonly epoch: number
  /** 32 bytes. */
  readonly secret: Uint8Array
}

/** @param initialKey 32 bytes from the handshake */
export function startKeyChain(initialKey: Uint8Array, direction: Direction, limits: ChainLimits): KeyChain {
  const keys = hkdfSha256(initialKey, ZERO_SALT, LABEL_START, 96)
  const nextRoot = keys.slice(0, 32)
  const epochs = [splitEpoch(keys, direction)]
  return { direction, currentEpoch: 0, sendEpoch: 0, epochs, nextRoot, limits }
}

/** @throws CryptoError `spqr_failed` unless the epoch is the next one */
export function addEpoch(chain: KeyChain, { epoch, secret }: EpochSecret): KeyChain {
  if (epoch !== chain.currentEpoch + 1) throw new CryptoError('spqr_failed', 'epoch secret is not the next')
  const keys = hkdfSha256(secret, chain.nextRoot, LABEL_ADD_EPOCH, 96)
  const nextRoot = keys.slice(0, 32)
  const epochs = [...chain.epochs, splitEpoch(keys, chain.direction)]
  return { ...chain, currentEpoch: epoch, epochs, nextRoot }
}

/** The next key for sending in an epoch; older epochs are forgotten as sending moves on. */
export function nextSendKey(
  chain: KeyChain,
  epoch: number,
): { chain: KeyChain; index: number; key: Uint8Array } {
  if (epoch < chain.sendEpoch) throw outOfRange()
  const moved = epoch === chain.sendEpoch ? chain : moveSendEpoch(chain, epoch)
  const at = epochPosition(moved, epoch)
  const link = moved.epochs[at]!
  const { next, counter, key } = step(link.send)
  const epochs = moved.epochs.with(at, { ...link, send: { ...link.send, next, counter } })
  return { chain: { ...moved, epochs }, index: counter, key }
}

/**
 * The key at an index of an epoch, each only once.
 *
 * @throws CryptoError `spqr_out_of_range` for an epoch that is unknown or forgotten, `too_far_in_future`,
 *   `spqr_failed` for a key that was used or dropped
 */
export function takeReceiveKey(
  chain: KeyChain,
  epoch: number,
  index: number,
  effort: Effort = Effort.forCurrentSession(),
): { chain: KeyChain; key: Uint8Array } {
  const at = epochPosition(chain, epoch)
  const link = chain.epochs[at]!
  const { receive, key } = receiveKeyAt(link.receive, index, chain.limits, effort)
  return { chain: { ...chain, epochs: chain.epochs.with(at, { ...link, receive }) }, key }
}

function receiveKeyAt(
  current: DirectionChain,
  index: number,
  limits: ChainLimits,
  effort: Effort,
): { receive: DirectionChain; key: Uint8Array } {
  if (index === current.counter) throw new CryptoError('spqr_failed', 'ratchet key was used already')
  if (index < current.counter) {
    if (index + limits.maxKeptKeys < current.counter) {
      throw new CryptoError('spqr_failed', 'ratchet key is no longer kept')
    }
    const { kept, key } = takeKey(current.kept, index)
    return { receive: { ...current, kept }, key }
  }
  if (index - current.counter > limits.maxJump) {
    throw new CryptoError('too_far_in_future', 'message skips too many ratchet keys')
  }
  effort.spend(index - current.counter)
  return skipTo(current, index, limits)
}

function skipTo(
  current: DirectionChain,
  index: number,
  limits: ChainLimits,
): { receive: DirectionChain; key: Uint8Array } {
  const base = index > current.counter + limits.maxKeptKeys ? clearKeys() : current.kept
  const skipped: { index: number; key: Uint8Array }[] = []
  let chain = { next: current.next, counter: current.counter }
  while (index > chain.counter + 1) {
    const stepped = step(chain)
    // the first belongs to the state that was passed in
    if (chain.next !== current.next) wipe(chain.next)
    chain = stepped
    if (stepped.counter + limits.maxKeptKeys >= index) {
      skipped.push({ index: stepped.counter, key: stepped.key })
    } else {
      wipe(stepped.key)
    }
  }
  const kept = collectKeys(base, skipped, chain.counter, limits.maxKeptKeys)
  const { next, counter, key } = step(chain)
  if (chain.next !== current.next) wipe(chain.next)
  wipe(...skipped.map((one) => one.key))
  return { receive: { next, counter, kept }, key }
}

function step(chain: { readonly next: Uint8Array; readonly counter: number }): {
  next: Uint8Array
  counter: number
  key: Uint8Array
} {
  if (chain.next.length !== 32) throw outOfRange()
  const counter = chain.counter + 1
  if (counter > MAX_COUNTER) throw outOfRange()
  const info = new Uint8Array(4 + LABEL_NEXT.length)
  new DataView(info.buffer).setUint32(0, counter)
  info.set(LABEL_NEXT, 4)
  const keys = hkdfSha256(chain.next, ZERO_SALT, info, 64)
  const stepped = { next: keys.slice(0, 32), counter, key: keys.slice(32) }
  wipe(keys)
  return stepped
}

function moveSendEpoch(chain: KeyChain, epoch: number): KeyChain {
  const forget = Math.max(0, epochPosition(chain, epoch) - EPOCHS_BEFORE_SENDING_EPOCH)
  const epochs = chain.epochs.slice(forget)
  const at = epochs.length - 1 - (chain.currentEpoch - epoch)
  const cleared = epochs.map((link, i) =>
    i < at ? { ...link, send: { ...link.send, next: new Uint8Array() } } : link,
  )
  return { ...chain, sendEpoch: epoch, epochs: cleared }
}

function epochPosition(chain: KeyChain, epoch: number): number {
  const position = chain.epochs.length - 1 - (chain.currentEpoch - epoch)
  if (epoch > chain.currentEpoch || position < 0) throw outOfRange()
  return position
}

// overwrites `keys`, 96 bytes
function splitEpoch(keys: Uint8Array, direction: Direction): EpochChains {
  const first = startDirection(keys.slice(32, 64))
  const second = startDirection(keys.slice(64, 96))
  wipe(keys)
  return direction === 'a-to-b' ? { send: first, receive: second } : { send: second, receive: first }
}

function startDirection(next: Uint8Array): DirectionChain {
  return { counter: 0, next, kept: clearKeys() }
}

function outOfRange(): CryptoError {
  return new CryptoError('spqr_out_of_range', 'ratchet epoch is unknown or forgotten')
}
