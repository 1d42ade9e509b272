/**
 * What hands a sender key to one member: version byte ‖ protobuf. It holds the chain key in clear and travels inside a
 * session with that member, never on its own.
 *
 * Source: libsignal 0.103.0, `rust/protocol/src/protocol.rs` and `wire.proto`, SenderKeyDistributionMessage.
 */
import { accountIdFromBytes } from '../account-id.ts'
import { CryptoError } from '../errors.ts'
import { concatBytes } from '../primitives/bytes.ts'
import { isCanonicalPublicKey, parsePublicKey } from '../primitives/curve.ts'
import { ProtobufWriter, readProtobuf } from '../wire/protobuf.ts'
import type { SenderKeyState } from './sender-key-record.ts'
import { requireSenderKeyVersion, SENDER_KEY_VERSION_BYTE } from './sender-key-version.ts'

const LIMITS = { maxLength: 512, maxFields: 16 }

export interface SenderKeyDistribution {
  /** Lower-case UUID. */
  readonly distributionId: string
  /** As a receiver keeps it: no private key, nothing skipped. */
  readonly state: SenderKeyState
}

/** The state as it is now: who gets it reads the messages from here on. @param distributionId 16 bytes */
export function encodeDistributionMessage(distributionId: Uint8Array, state: SenderKeyState): Uint8Array {
  const body = new ProtobufWriter()
    .bytes(1, distributionId)
    .uint(2, state.chainId)
    .uint(3, state.chainKey.iteration)
    .bytes(4, state.chainKey.seed)
    .bytes(5, state.signingPublicKey)
    .finish()
  return concatBytes(Uint8Array.of(SENDER_KEY_VERSION_BYTE), body)
}

/**
 * @throws CryptoError `malformed`, `too_large`, `legacy_version`, `unsupported_version`; `invalid_key`, also for a
 *   signing key that is not canonical or has a part of small order, which libsignal would take
 */
export function decodeDistributionMessage(bytes: Uint8Array): SenderKeyDistribution {
  if (bytes.length > LIMITS.maxLength) throw new CryptoError('too_large', 'message is longer than its limit')
  requireSenderKeyVersion(bytes)
  const fields = readProtobuf(bytes.subarray(1), LIMITS)
  const distributionId = accountIdFromBytes(fields.requireBytes(1))
  const signingPublicKey = parsePublicKey(fields.requireBytes(5))
  if (!isCanonicalPublicKey(signingPublicKey)) {
    throw new CryptoError('invalid_key', 'signing key is not canonical')
  }
  const chainKey = { iteration: fields.requireUint32(3), seed: fields.requireBytes(4, 32) }
  return {
    distributionId,
    state: { chainId: fields.requireUint32(2), chainKey, signingPublicKey, keptKeys: [] },
  }
}
