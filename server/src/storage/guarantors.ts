/**
 * Requests of people who are not in the register, and what became of them: each is one record from the request to the end
 * of its memory. Not concerned with who may decide.
 */
import type { Applicant, GuaranteeId, GuaranteeState, PersonId, Place } from '@pli/protocol/wire'

export type Decider = 'guarantor' | 'operator' | 'relay'

export interface StoredGuarantee {
  guaranteeId: GuaranteeId
  /** SHA-256 of the request token, 32 bytes. */
  requestHash: Uint8Array
  /** SHA-256 of the guarantee's id and the six digits, 32 bytes. */
  checkHash: Uint8Array
  /** How often wrong digits may still be typed. */
  triesLeft: number
  state: GuaranteeState
  guarantorId: PersonId
  /** SHA-256 of the folded name: tells a second request of the same person. 32 bytes in hexadecimal. */
  nameKey: string
  applicant: Omit<Applicant, 'place'> & { place: Place }
  requestedAtMs: number
  /** When the state ends: a pending one lapses, an approved one expires, any other is erased. */
  endsAtMs: number
  /** Who admitted the person; stays when the guarantee ends. */
  admittedBy?: Exclude<Decider, 'relay'>
  /** The last decision. */
  decision?: {
    by: Decider
    atMs: number
    reason?: string
    /** The audit trail does not have it yet, under this name. */
    unrecorded?: string
  }
}

export type GuaranteeChange = Pick<StoredGuarantee, 'state' | 'endsAtMs'> &
  Pick<Partial<StoredGuarantee>, 'admittedBy' | 'decision'>

export interface GuaranteeStore {
  /** `exists`: the same token was used. `full`: the guarantor has so many pending ones. */
  create(guarantee: StoredGuarantee, pendingAtMost: number): Promise<'created' | 'exists' | 'full'>
  byId(guaranteeId: GuaranteeId): Promise<StoredGuarantee | undefined>
  byRequestHash(requestHash: Uint8Array): Promise<StoredGuarantee | undefined>
  /** All of one guarantor, the oldest first; at most 500. */
  listByGuarantor(guarantorId: PersonId): Promise<StoredGuarantee[]>
  /** In the order of their ids: the first `limit` after `after`. */
  listByState(
    state: GuaranteeState,
    after: GuaranteeId | undefined,
    limit: number,
  ): Promise<StoredGuarantee[]>
  /**
   * In one step, if the state is `from`; undefined otherwise: of two who decide at once, one does. `full`: the guarantor
   * already answers for `activeAtMost` whom they admitted themselves.
   */
  change(
    guaranteeId: GuaranteeId,
    from: GuaranteeState,
    change: GuaranteeChange,
    activeAtMost?: number,
  ): Promise<StoredGuarantee | 'full' | undefined>
  /** Takes one try of a pending one that has some; false without. */
  spendTry(guaranteeId: GuaranteeId): Promise<boolean>
  /** Those whose state has ended by `nowMs`, the earliest first. */
  ended(nowMs: number, limit: number): Promise<StoredGuarantee[]>
  /** Those with a decision from before `beforeMs` that the audit trail does not have yet. */
  unrecorded(beforeMs: number, limit: number): Promise<StoredGuarantee[]>
  /** The audit trail has the decision of that moment. */
  recorded(guaranteeId: GuaranteeId, atMs: number): Promise<void>
  erase(guaranteeId: GuaranteeId): Promise<void>
}
