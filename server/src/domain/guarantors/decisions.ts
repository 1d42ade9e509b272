/**
 * Purpose: deciding: a guarantor about the requests made to them and the people they answer for, an operator about any.
 * Each decision is one step of the store, and then an entry of the audit trail.
 * Not concerned with what an admitted person may do.
 */
import type { Guarantee, GuaranteeId, GuaranteeList, PersonId } from '@pli/protocol/wire'
import { RelayError } from '../../errors.ts'
import type { Decider, GuaranteeChange, GuaranteeStore, StoredGuarantee } from '../../storage/interfaces.ts'
import type { AuditTrail } from '../audit/audit-trail.ts'
import { isSameBytes } from '../sign-in/secrets.ts'
import { AFTER_END_MS, COOL_DOWN_MS, GUARANTEE_MS, RENEWABLE_MS } from './bounds.ts'
import { hashCheckCode, personIdOf } from './check-code.ts'
import type { DecisionRecords } from './decision-records.ts'
import type { GuarantorNotice } from './guarantor-notice.ts'

/** `guarantorId` undefined: an operator. Another's request is `not_found`, one decided meanwhile `conflict`. */
interface Decision {
  guaranteeId: GuaranteeId
  guarantorId?: PersonId
  reason?: string | undefined
}

export interface GuaranteeDecisions {
  list(guarantorId: PersonId): Promise<GuaranteeList>
  /**
   * Throws RelayError `code_invalid` for digits that are not the request's: after five the request is refused; and
   * `guarantor_full`. An operator needs no digits: they checked who it is.
   */
  accept(decision: Decision & { checkCode?: string }): Promise<void>
  refuse(decision: Decision): Promise<void>
  /** For another year from now, in the last 60 days or after the end. Throws RelayError `conflict` otherwise. */
  renew(decision: Decision): Promise<void>
  revoke(decision: Decision): Promise<void>
}

interface Sources {
  guarantees: GuaranteeStore
  audit: AuditTrail
  records: DecisionRecords
  notice: GuarantorNotice
  activeAtMost: number
  /** This person may do more or less than a moment ago. */
  changed(personId: PersonId): Promise<void>
  nowMs: () => number
}

export function createGuaranteeDecisions(sources: Sources): GuaranteeDecisions {
  const { guarantees, audit, records, notice, activeAtMost, changed, nowMs } = sources

  async function find({ guaranteeId, guarantorId }: Decision): Promise<StoredGuarantee> {
    const found = await guarantees.byId(guaranteeId)
    const isTheirs = guarantorId === undefined || found?.guarantorId === guarantorId
    if (found === undefined || !isTheirs) throw new RelayError('not_found')
    return found
  }

  async function decide(
    decision: Decision & { by?: Decider },
    from: StoredGuarantee['state'],
    change: Omit<GuaranteeChange, 'decision'>,
    event: string,
  ): Promise<void> {
    const { guaranteeId, guarantorId, reason } = decision
    const by = decision.by ?? (guarantorId === undefined ? 'operator' : 'guarantor')
    const why = reason === undefined ? {} : { reason }
    const decided = { by, atMs: nowMs(), ...why, unrecorded: event }
    const isBounded = change.state === 'approved' && by === 'guarantor'
    const full = { ...change, decision: decided }
    const after = await guarantees.change(guaranteeId, from, full, isBounded ? activeAtMost : undefined)
    if (after === 'full') throw new RelayError('guarantor_full')
    if (after === undefined) throw new RelayError('conflict', 'decided meanwhile')
    // First what counts: whoever is let go is cut off although the trail cannot be written now.
    await changed(personIdOf(guaranteeId))
    await records.record(after)
    await notice.tell(after.guarantorId, { urgent: false })
  }

  /** Counted before it is compared, so that many at once do not slip past the count. */
  async function requireCheckCode(guarantee: StoredGuarantee, checkCode: string): Promise<void> {
    const { guaranteeId, guarantorId, triesLeft, checkHash } = guarantee
    const mayTry = await guarantees.spendTry(guaranteeId)
    if (mayTry && isSameBytes(hashCheckCode(guaranteeId, checkCode), checkHash)) return
    if (mayTry) {
      const actor = `guarantor:${guarantorId}`
      await audit.append({ event: 'guarantee.code-wrong', actor, subject: guaranteeId })
    }
    if (triesLeft <= 1) {
      const refused = { state: 'refused', endsAtMs: nowMs() + COOL_DOWN_MS } as const
      await decide({ guaranteeId, by: 'relay' }, 'pending', refused, 'refused')
    }
    throw new RelayError('code_invalid')
  }

  return {
    async list(guarantorId) {
      const own = await guarantees.listByGuarantor(guarantorId)
      const rank = (one: StoredGuarantee) => (one.state === 'pending' ? 0 : 1)
      const shown = own.filter(({ state, admittedBy }) => state === 'pending' || admittedBy === 'guarantor')
      return {
        guarantees: shown.sort((one, other) => rank(one) - rank(other)).map((one) => describe(one, nowMs())),
        activeAtMost,
      }
    },
    async accept({ checkCode, ...decision }) {
      const guarantee = await find(decision)
      if (guarantee.state !== 'pending') throw new RelayError('conflict', 'decided meanwhile')
      const by = decision.guarantorId === undefined ? 'operator' : 'guarantor'
      if (by === 'guarantor') await requireCheckCode(guarantee, checkCode ?? '')
      const approved = { state: 'approved', endsAtMs: nowMs() + GUARANTEE_MS, admittedBy: by } as const
      await decide(decision, 'pending', approved, 'approved')
    },
    async refuse(decision) {
      await find(decision)
      await decide(decision, 'pending', { state: 'refused', endsAtMs: nowMs() + COOL_DOWN_MS }, 'refused')
    },
    async renew(decision) {
      const guarantee = await find(decision)
      if (!isRenewable(guarantee, nowMs())) throw new RelayError('conflict', 'not renewable now')
      const renewed = { state: 'approved', endsAtMs: nowMs() + GUARANTEE_MS } as const
      await decide(decision, guarantee.state, renewed, 'renewed')
    },
    async revoke(decision) {
      await find(decision)
      await decide(decision, 'approved', { state: 'revoked', endsAtMs: nowMs() + AFTER_END_MS }, 'revoked')
    },
  }
}

function isRenewable({ state, endsAtMs, admittedBy }: StoredGuarantee, nowMs: number): boolean {
  if (state === 'expired') return admittedBy !== undefined
  return state === 'approved' && endsAtMs - nowMs < RENEWABLE_MS
}

function describe(guarantee: StoredGuarantee, nowMs: number): Guarantee {
  const { guaranteeId, state, applicant, requestedAtMs, endsAtMs } = guarantee
  const { place, ...stated } = applicant
  return {
    guaranteeId,
    personId: personIdOf(guaranteeId),
    state,
    applicant: { ...stated, place: [place.postcode, place.fr].filter((part) => part !== '').join(' ') },
    requestedAtMs,
    endsAtMs,
    renewable: isRenewable(guarantee, nowMs),
  }
}
