/**
 * The message of an established session: version byte ‖ protobuf ‖ 8-byte MAC.
 *
 * Source: libsignal `rust/protocol/src/protocol.rs` and `wire.proto`, SignalMessage.
 *
 * Not concerned with the MAC's key: see `session/triple-ratchet.ts`.
 */
import { CryptoError } from '../errors.ts'
import { concatBytes } from '../primitives/bytes.ts'
import { parseCanonicalKey } from '../primitives/curve.ts'
import { hmacSha256 } from '../primitives/hash.ts'
import { requireVersion, VERSION_BYTE } from './ciphertext-message.ts'
import { MAX_MESSAGE_LENGTH } from './limits.ts'
import { ProtobufWriter, readProtobuf } from './protobuf.ts'

export const MAC_LENGTH = 8

export interface SignalMessage {
  /** 33 bytes. */
  readonly ratchetKey: Uint8Array
  /** Position in the sender's chain, from 0. */
  readonly counter: number
  readonly previousCounter: number
  readonly ciphertext: Uint8Array
  /** The post-quantum ratchet's part; empty when the sender has none. */
  readonly pqRatchet: Uint8Array
  /** Sender and recipient, 36 bytes; in prekey messages. */
  readonly addresses?: Uint8Array | undefined
}

export interface MacKeys {
  /** 32 bytes. */
  readonly macKey: Uint8Array
  /** 33 bytes each. */
  readonly senderIdentity: Uint8Array
  readonly receiverIdentity: Uint8Array
}

export function encodeSignalMessage(message: SignalMessage, keys: MacKeys): Uint8Array {
  const body = new ProtobufWriter()
    .bytes(1, message.ratchetKey)
    .uint(2, message.counter)
    .uint(3, message.previousCounter)
    .bytes(4, message.ciphertext)
    .bytes(5, message.pqRatchet.length > 0 ? message.pqRatchet : undefined)
    .bytes(6, message.addresses)
    .finish()
  const signed = concatBytes(Uint8Array.of(VERSION_BYTE), body)
  return concatBytes(signed, computeMac(signed, keys))
}

/** The first 8 bytes of HMAC(sender identity ‖ receiver identity ‖ everything before the MAC). */
export function computeMac(signed: Uint8Array, keys: MacKeys): Uint8Array {
  return hmacSha256(keys.macKey, keys.senderIdentity, keys.receiverIdentity, signed).slice(0, MAC_LENGTH)
}

/** Splits a serialised message into what the MAC covers and the MAC. */
export function splitMac(bytes: Uint8Array): { signed: Uint8Array; mac: Uint8Array } {
  const at = bytes.length - MAC_LENGTH
  return { signed: bytes.subarray(0, at), mac: bytes.subarray(at) }
}

/**
 * @throws CryptoError `malformed`, `too_large`, `legacy_version`, `unsupported_version`, `invalid_key`
 */
export function decodeSignalMessage(bytes: Uint8Array): SignalMessage {
  if (bytes.length > MAX_MESSAGE_LENGTH)
    throw new CryptoError('too_large', 'message is longer than its limit')
  requireVersion(bytes)
  if (bytes.length < 1 + MAC_LENGTH) throw new CryptoError('malformed', 'message is truncated')
  const fields = readProtobuf(bytes.subarray(1, bytes.length - MAC_LENGTH), { maxLength: MAX_MESSAGE_LENGTH })
  return {
    ratchetKey: parseCanonicalKey(fields.requireBytes(1)),
    counter: fields.requireUint32(2),
    previousCounter: fields.uint32(3) ?? 0,
    ciphertext: fields.requireBytes(4),
    pqRatchet: fields.bytes(5) ?? new Uint8Array(),
    addresses: fields.bytes(6),
  }
}
