/**
 * Server and sender certificates: their bytes, read strictly and bounded.
 *
 * Source: libsignal 0.103.0, `rust/protocol/src/sealed_sender.rs` and `sealed_sender.proto`.
 * A server certificate binds a key to an id under the trust root; a sender certificate binds account, device and
 * identity key under a server key, until it expires. Not concerned with whether to believe one: see `validate.ts`;
 * nor with issuing: the relay does that with the native library.
 */
import { accountIdFromBytes, isAccountId } from '../account-id.ts'
import { CryptoError } from '../errors.ts'
import { bytesToUtf8 } from '../primitives/bytes.ts'
import { parsePublicKey } from '../primitives/curve.ts'
import { type ProtobufMessage, readProtobuf } from '../wire/protobuf.ts'

const CERTIFICATE_LIMITS = { maxLength: 2048, maxFields: 16 }

export interface ServerCertificate {
  readonly keyId: number
  /** 33 bytes, 0x05 first. */
  readonly key: Uint8Array
  /** The bytes that the trust root signed. */
  readonly signed: Uint8Array
  readonly signature: Uint8Array
}

export interface SenderCertificate {
  /** Lower-case UUID. */
  readonly senderUuid: string
  /** 1–127. */
  readonly senderDeviceId: number
  /** 33 bytes, 0x05 first. */
  readonly senderIdentityKey: Uint8Array
  readonly expiresAtMs: number
  /** The certificate of the server key that signed, or the id of one that both sides know. */
  readonly signer: ServerCertificate | { readonly knownId: number }
  /** The bytes that the server key signed. */
  readonly signed: Uint8Array
  readonly signature: Uint8Array
}

/** @throws CryptoError `malformed`, `too_large`, `invalid_key` */
export function parseServerCertificate(bytes: Uint8Array): ServerCertificate {
  const { signed, signature } = parseSigned(bytes)
  const body = readProtobuf(signed, CERTIFICATE_LIMITS)
  return { keyId: body.requireUint32(1), key: parsePublicKey(body.requireBytes(2)), signed, signature }
}

/** @throws CryptoError `malformed`, `too_large`, `invalid_key` */
export function parseSenderCertificate(bytes: Uint8Array): SenderCertificate {
  const { signed, signature } = parseSigned(bytes)
  const body = readProtobuf(signed, CERTIFICATE_LIMITS)
  return {
    senderUuid: senderUuid(body),
    senderDeviceId: senderDeviceId(body),
    senderIdentityKey: parsePublicKey(body.requireBytes(4)),
    expiresAtMs: expiry(body),
    signer: signer(body),
    signed,
    signature,
  }
}

function parseSigned(bytes: Uint8Array): { signed: Uint8Array; signature: Uint8Array } {
  const envelope = readProtobuf(bytes, CERTIFICATE_LIMITS)
  return { signed: envelope.requireBytes(1), signature: envelope.requireBytes(2) }
}

/** Stricter than libsignal, which takes any text: our accounts are UUIDs and compared as lower-case text. */
function senderUuid(body: ProtobufMessage): string {
  requireOneOf(body, 6, 7)
  const text = body.bytes(6)
  const uuid = text === undefined ? accountIdFromBytes(body.requireBytes(7)) : bytesToUtf8(text)
  if (!isAccountId(uuid)) throw malformed('certificate names no account')
  return uuid
}

function senderDeviceId(body: ProtobufMessage): number {
  const deviceId = body.requireUint32(2)
  if (deviceId < 1 || deviceId > 127) throw malformed('device id is not in 1-127')
  return deviceId
}

function expiry(body: ProtobufMessage): number {
  const expiresAtMs = body.fixed64(3)
  if (expiresAtMs === undefined) throw malformed('certificate does not expire')
  if (expiresAtMs > BigInt(Number.MAX_SAFE_INTEGER)) throw malformed('expiry is out of range')
  return Number(expiresAtMs)
}

function signer(body: ProtobufMessage): SenderCertificate['signer'] {
  requireOneOf(body, 5, 8)
  const embedded = body.bytes(5)
  return embedded === undefined ? { knownId: body.requireUint32(8) } : parseServerCertificate(embedded)
}

/** Two readers might pick differently among both, so a certificate that carries both is refused. */
function requireOneOf(body: ProtobufMessage, first: number, second: number): void {
  if (body.has(first) && body.has(second)) throw malformed('certificate says the same thing twice')
}

function malformed(message: string): CryptoError {
  return new CryptoError('malformed', message)
}
