/**
 * The four messages of a linking as bytes, in the order they travel. Each is a version byte and a protobuf.
 *
 *     commitment  existing → new   1 commitment, 32 bytes
 *     challenge   new → existing   1 nonce, 32 bytes; 2 Kyber1024 public key, 1569 bytes
 *     reveal      existing → new   1 ephemeral public key, 33 bytes; 2 nonce, 32 bytes
 *     envelope    existing → new   1 Kyber1024 ciphertext, 1569 bytes; 2 sealed contents
 *
 * Source: `docs/decisions/0018-linking-a-device.md`. Not concerned with what they prove: see `transcript.ts`.
 */
import { CryptoError } from '../errors.ts'
import { concatBytes } from '../primitives/bytes.ts'
import { parseCanonicalKey } from '../primitives/curve.ts'
import { KYBER_CIPHERTEXT_LENGTH, KYBER_PUBLIC_KEY_LENGTH } from '../primitives/kyber1024.ts'
import { type ProtobufMessage, ProtobufWriter, readProtobuf } from '../wire/protobuf.ts'

const VERSION = 1
export const NONCE_LENGTH = 32
export const COMMITMENT_LENGTH = 32
/** Longest message of a linking, in bytes. */
export const MAX_PROVISIONING_LENGTH = 8_192
const LIMITS = { maxLength: MAX_PROVISIONING_LENGTH, maxFields: 8 }

export interface Challenge {
  readonly nonce: Uint8Array
  readonly kyberKey: Uint8Array
}

export interface Reveal {
  readonly existingDeviceKey: Uint8Array
  readonly nonce: Uint8Array
}

export interface Envelope {
  readonly kyberCiphertext: Uint8Array
  readonly sealed: Uint8Array
}

export function encodeCommitment(commitment: Uint8Array): Uint8Array {
  return versioned(new ProtobufWriter().bytes(1, commitment))
}

/** @throws CryptoError `unsupported_version`, `malformed`, `too_large`, as the three below */
export function decodeCommitment(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from(readVersioned(bytes).requireBytes(1, COMMITMENT_LENGTH))
}

export function encodeChallenge({ nonce, kyberKey }: Challenge): Uint8Array {
  return versioned(new ProtobufWriter().bytes(1, nonce).bytes(2, kyberKey))
}

export function decodeChallenge(bytes: Uint8Array): Challenge {
  const fields = readVersioned(bytes)
  return {
    nonce: Uint8Array.from(fields.requireBytes(1, NONCE_LENGTH)),
    kyberKey: Uint8Array.from(fields.requireBytes(2, KYBER_PUBLIC_KEY_LENGTH)),
  }
}

export function encodeReveal({ existingDeviceKey, nonce }: Reveal): Uint8Array {
  return versioned(new ProtobufWriter().bytes(1, existingDeviceKey).bytes(2, nonce))
}

/** Throws `invalid_key`, too. */
export function decodeReveal(bytes: Uint8Array): Reveal {
  const fields = readVersioned(bytes)
  return {
    existingDeviceKey: Uint8Array.from(parseCanonicalKey(fields.requireBytes(1))),
    nonce: Uint8Array.from(fields.requireBytes(2, NONCE_LENGTH)),
  }
}

export function encodeEnvelope({ kyberCiphertext, sealed }: Envelope): Uint8Array {
  return versioned(new ProtobufWriter().bytes(1, kyberCiphertext).bytes(2, sealed))
}

export function decodeEnvelope(bytes: Uint8Array): Envelope {
  const fields = readVersioned(bytes)
  return {
    kyberCiphertext: fields.requireBytes(1, KYBER_CIPHERTEXT_LENGTH),
    sealed: fields.requireBytes(2),
  }
}

function versioned(writer: ProtobufWriter): Uint8Array {
  return concatBytes(Uint8Array.of(VERSION), writer.finish())
}

function readVersioned(bytes: Uint8Array): ProtobufMessage {
  if (bytes.length === 0) throw new CryptoError('malformed', 'a message of a linking is never empty')
  if (bytes[0] !== VERSION) {
    throw new CryptoError('unsupported_version', 'a message of a linking of an unknown version')
  }
  return readProtobuf(bytes.subarray(1), LIMITS)
}
