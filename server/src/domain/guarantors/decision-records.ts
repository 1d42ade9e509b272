/**
 * Purpose: every decision gets into the audit trail, also when the relay stopped between the two: a decision carries the
 * name of its entry until the trail has it. So an entry may be there twice, and never is not there.
 * Not concerned with deciding.
 */
import type { Decider, GuaranteeStore, StoredGuarantee } from '../../storage/interfaces.ts'
import type { AuditTrail } from '../audit/audit-trail.ts'

/** Longer than an entry takes: what is older was left behind. */
const LEFT_BEHIND_MS = 60_000
const AT_ONCE = 500

export interface DecisionRecords {
  /** Of what was just decided. */
  record(guarantee: StoredGuarantee): Promise<void>
  /** What was left behind. */
  sweep(nowMs: number): Promise<void>
}

export function createDecisionRecords(guarantees: GuaranteeStore, audit: AuditTrail): DecisionRecords {
  async function record({ guaranteeId, guarantorId, decision }: StoredGuarantee): Promise<void> {
    if (decision?.unrecorded === undefined) return
    const event = `guarantee.${decision.unrecorded}`
    await audit.append({ event, actor: actorOf(decision.by, guarantorId), subject: guaranteeId })
    await guarantees.recorded(guaranteeId, decision.atMs)
  }
  return {
    record,
    async sweep(nowMs) {
      for (const guarantee of await guarantees.unrecorded(nowMs - LEFT_BEHIND_MS, AT_ONCE)) {
        await record(guarantee)
      }
    },
  }
}

function actorOf(by: Decider, guarantorId: string): string {
  return by === 'guarantor' ? `guarantor:${guarantorId}` : by
}
