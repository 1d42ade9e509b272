/**
 * A new identity key after a device was lost, and the statement that explains it.
 *
 * The statement is two records between the account and itself: the old key hands over to the new one, and the new one
 * takes over from the old and names the first by its hash. So nobody can claim another's new key for their own account,
 * and the reason is tied to both keys.
 *
 * What a contact may conclude: somebody who held the old key made this. After a theft that may be the thief, who could
 * have rotated first; so a statement explains a changed safety number and never replaces comparing it. Two valid
 * statements from one old key to different new ones prove that the old key is in two hands (`rotationsConflict`).
 *
 * Source: `docs/decisions/0019-identity-rotation.md`. Not concerned with relinking the remaining devices, which is a
 * provisioning with each of them, nor with the person's decision about the changed key.
 */
import { CryptoError } from '../errors.ts'
import { bytesEqual } from '../primitives/bytes.ts'
import { generateKeyPair, type KeyPair } from '../primitives/curve.ts'
import { ProtobufWriter, readProtobuf } from '../wire/protobuf.ts'
import { hashRecord, type SignableRecord } from './record.ts'
import { MAX_SIGNED_RECORD_LENGTH, readUnverifiedRecord, signRecord, verifyRecord } from './sign.ts'

export type RotationReason = 'device-lost' | 'device-stolen' | 'precaution'

const HANDOVER = 'identity-handover'
const TAKEOVER = 'identity-takeover'
const REASONS: readonly RotationReason[] = ['device-lost', 'device-stolen', 'precaution']
const LIMITS = { maxLength: 2 * MAX_SIGNED_RECORD_LENGTH, maxFields: 2 }

export interface IdentityRotation {
  /** Lower-case UUID. */
  readonly accountId: string
  /** 33 bytes each, 0x05 first. */
  readonly oldIdentityKey: Uint8Array
  readonly newIdentityKey: Uint8Array
  /** The device that rotated, 1–127. */
  readonly deviceId: number
  readonly reason: RotationReason
  readonly createdAtMs: number
}

/**
 * Makes the new identity and the statement. The caller replaces the old pair in one transaction with new signed
 * prekeys, and erases it after the statement was sent.
 *
 * @throws CryptoError `malformed` (account id), `invalid_argument`, `invalid_key`
 */
export function rotateIdentity(input: {
  readonly accountId: string
  readonly deviceId: number
  readonly oldIdentity: KeyPair
  readonly reason: RotationReason
  readonly nowMs: number
}): { readonly newIdentity: KeyPair; readonly statement: Uint8Array } {
  const newIdentity = generateKeyPair()
  const shared = { accountId: input.accountId, deviceId: input.deviceId, createdAtMs: input.nowMs }
  const oldKey = input.oldIdentity.publicKey
  const newKey = newIdentity.publicKey
  const body = Uint8Array.of(reasonCode(input.reason))
  const handover = recordOf({ ...shared, kind: HANDOVER, from: oldKey, to: newKey, body })
  const answers = hashRecord(handover)
  const takeover = recordOf({ ...shared, kind: TAKEOVER, from: newKey, to: oldKey, body, answers })
  const statement = new ProtobufWriter()
    .bytes(1, signRecord(handover, input.oldIdentity))
    .bytes(2, signRecord(takeover, newIdentity))
    .finish()
  return { newIdentity, statement }
}

/**
 * Reads a statement from an account whose identity key the caller knows.
 *
 * @throws CryptoError as `verifyRecord`; `record_not_canonical` when the two halves say different things
 */
export function verifyIdentityRotation(
  statement: Uint8Array,
  known: { readonly accountId: string; readonly identityKey: Uint8Array },
): IdentityRotation {
  const fields = readProtobuf(statement, LIMITS)
  const [first, second] = [fields.requireBytes(1), fields.requireBytes(2)]
  const claimed = readUnverifiedRecord(first).addressee.identityKey
  const [before, after] = [known, { accountId: known.accountId, identityKey: claimed }]
  const handover = verifyRecord(first, { kind: HANDOVER, signer: before, addressee: after })
  const takeover = verifyRecord(second, { kind: TAKEOVER, signer: after, addressee: before })
  if (!agree(handover, takeover)) {
    throw new CryptoError('record_not_canonical', 'the halves of a rotation do not belong together')
  }
  return {
    accountId: known.accountId,
    oldIdentityKey: handover.signer.identityKey,
    newIdentityKey: claimed,
    deviceId: handover.signer.deviceId,
    reason: reasonOf(handover.body),
    createdAtMs: handover.createdAtMs,
  }
}

/** Whether two verified statements prove that the old key is in two hands. */
export function rotationsConflict(a: IdentityRotation, b: IdentityRotation): boolean {
  if (a.accountId !== b.accountId || !bytesEqual(a.oldIdentityKey, b.oldIdentityKey)) return false
  return !bytesEqual(a.newIdentityKey, b.newIdentityKey)
}

function recordOf(half: {
  readonly kind: string
  readonly accountId: string
  readonly deviceId: number
  readonly createdAtMs: number
  readonly from: Uint8Array
  readonly to: Uint8Array
  readonly body: Uint8Array
  readonly answers?: Uint8Array
}): SignableRecord {
  const { kind, accountId, deviceId, createdAtMs, body } = half
  return {
    kind,
    signer: { accountId, deviceId, identityKey: half.from },
    addressee: { accountId, identityKey: half.to },
    questionHash: half.answers,
    createdAtMs,
    body,
  }
}

function agree(handover: SignableRecord, takeover: SignableRecord): boolean {
  if (handover.questionHash || handover.supersedes || takeover.supersedes) return false
  if (bytesEqual(handover.signer.identityKey, takeover.signer.identityKey)) return false
  if (!takeover.questionHash || !bytesEqual(takeover.questionHash, hashRecord(handover))) return false
  const sameDevice = handover.signer.deviceId === takeover.signer.deviceId
  const sameTime = handover.createdAtMs === takeover.createdAtMs
  return sameDevice && sameTime && bytesEqual(handover.body, takeover.body)
}

function reasonCode(reason: RotationReason): number {
  return REASONS.indexOf(reason) + 1
}

function reasonOf(body: Uint8Array): RotationReason {
  const reason = body.length === 1 ? REASONS[body[0]! - 1] : undefined
  if (reason === undefined) throw new CryptoError('record_not_canonical', 'a rotation gives no known reason')
  return reason
}
