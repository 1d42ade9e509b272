/**
 * Purpose: people who are not in the register, put together: requests, decisions, what ends by itself, and that an
 * admitted person is cut off with the guarantee, or with the licence of whoever gave it.
 * Not concerned with any transport.
 */
import type { GuaranteeId, PersonId } from '@pli/protocol/wire'
import type { Log } from '../../log.ts'
import type { DeviceAddress, Storage, StoredGuarantee } from '../../storage/interfaces.ts'
import { type AuditTrail, createAuditTrail } from '../audit/audit-trail.ts'
import type { Directory } from '../directory/directory.ts'
import type { Licences } from '../directory/licences.ts'
import type { OtherNodes } from '../relay/other-nodes.ts'
import { AFTER_END_MS, COOL_DOWN_MS } from './bounds.ts'
import { BEFORE_VOUCHED, guaranteeIdOf, personIdOf } from './check-code.ts'
import { createDecisionRecords } from './decision-records.ts'
import { createGuaranteeDecisions, type GuaranteeDecisions } from './decisions.ts'
import { createGuarantorNotice } from './guarantor-notice.ts'
import { createGuaranteeRequests, type GuaranteeRequests } from './requests.ts'
import type { VouchedPeople } from './vouched-people.ts'

/** How soon a decision at another relay on the same store counts here. */
const FOLLOW_EVERY_MS = 15_000
const AT_ONCE = 500

export interface Guarantors {
  requests: GuaranteeRequests
  decisions: GuaranteeDecisions
  audit: AuditTrail
  /** For the operator's list; in the order of their ids. */
  listByState(state: StoredGuarantee['state'], after?: GuaranteeId): Promise<StoredGuarantee[]>
  /** What has ended by now: requests lapse, guarantees expire, memories are erased. On Sundays, the digest. */
  sweep(nowMs: number): Promise<void>
  /** Everybody admitted is reviewed once when it resolves, and then every 15 seconds. */
  follow(): Promise<void>
  close(): void
}

export interface GuarantorBounds {
  pendingAtMost: number
  activeAtMost: number
}

interface Sources {
  storage: Pick<Storage, 'accounts' | 'devices' | 'guarantees' | 'audit' | 'installation'>
  directory: Pick<Directory, 'person'>
  vouched: VouchedPeople
  licences: Pick<Licences, 'review'>
  connections: { tellOfGuarantees(address: DeviceAddress): boolean }
  deleteAccount(personId: PersonId): Promise<void>
  others: Pick<OtherNodes, 'wake'>
  bounds: GuarantorBounds
  log: Log
  nowMs: () => number
}

export function createGuarantors(sources: Sources): Guarantors {
  const { storage, vouched, licences, bounds, log, nowMs, deleteAccount } = sources
  const { guarantees, accounts } = storage
  const audit = createAuditTrail(storage.audit, log, nowMs)
  const notice = createGuarantorNotice(sources)
  const records = createDecisionRecords(guarantees, audit)
  const parts = { ...sources, ...bounds, guarantees, accounts, audit, records, notice }

  async function changed(personId: PersonId): Promise<void> {
    await licences.review([personId])
    await vouched.refresh()
  }

  async function end(guarantee: StoredGuarantee, atMs: number): Promise<void> {
    const { guaranteeId, state, admittedBy } = guarantee
    const personId = personIdOf(guaranteeId)
    if (state !== 'pending' && state !== 'approved') {
      if (admittedBy !== undefined) await deleteAccount(personId)
      return guarantees.erase(guaranteeId)
    }
    const next = state === 'pending' ? 'lapsed' : 'expired'
    const endsAtMs = atMs + (next === 'lapsed' ? COOL_DOWN_MS : AFTER_END_MS)
    const decision = { by: 'relay', atMs, unrecorded: next } as const
    const ended = await guarantees.change(guaranteeId, state, { state: next, endsAtMs, decision })
    if (ended === undefined || ended === 'full') return
    await records.record(ended)
    await changed(personId)
  }

  /** Everybody who was admitted and has a device, whatever became of it since. */
  async function reviewAll(): Promise<void> {
    await vouched.refresh()
    let after: PersonId | undefined = BEFORE_VOUCHED
    while (after !== undefined) {
      const page: PersonId[] = await accounts.listReachable(after, AT_ONCE)
      const admitted = page.filter((personId) => guaranteeIdOf(personId) !== undefined)
      if (admitted.length > 0) await licences.review(admitted)
      after = admitted.length < AT_ONCE ? undefined : page.at(-1)
    }
  }

  let timer: NodeJS.Timeout | undefined
  return {
    requests: createGuaranteeRequests(parts),
    decisions: createGuaranteeDecisions({ ...parts, changed }),
    audit,
    listByState: (state, after) => guarantees.listByState(state, after, AT_ONCE),
    async sweep(atMs) {
      for (;;) {
        const ended = await guarantees.ended(atMs, AT_ONCE)
        for (const guarantee of ended) await end(guarantee, atMs)
        if (ended.length < AT_ONCE) break
      }
      await records.sweep(atMs)
      await notice.digest(atMs)
    },
    async follow() {
      await reviewAll()
      timer = setInterval(() => {
        reviewAll().catch(() => log.warn({}, 'admitted people could not be reviewed: all stays as it was'))
      }, FOLLOW_EVERY_MS)
      timer.unref()
    },
    close: () => clearInterval(timer),
  }
}

/** With a guarantor's licence that of those they answer for ends, and comes back. */
export function withVouched(licences: Licences, store: Pick<Storage, 'guarantees'>): Licences {
  return {
    ...licences,
    async review(personIds) {
      await licences.review(personIds)
      for (const guarantorId of personIds) {
        if (guaranteeIdOf(guarantorId) !== undefined) continue
        const given = await store.guarantees.listByGuarantor(guarantorId)
        const admitted = given.filter(({ admittedBy }) => admittedBy === 'guarantor')
        if (admitted.length > 0) await licences.review(admitted.map((one) => personIdOf(one.guaranteeId)))
      }
    },
  }
}
