/** Guarantees in SQLite. */
import type { GuaranteeId, GuaranteeState, PersonId } from '@pli/protocol/wire'
import type { GuaranteeStore, StoredGuarantee } from '../interfaces.ts'
import type { Database } from './database.ts'
import type { SqlValue } from './engine.ts'

interface GuaranteeRow {
  guarantee_id: string
  request_hash: Uint8Array
  check_hash: Uint8Array
  tries_left: number
  state: string
  guarantor_id: string
  name_key: string
  applicant: string
  requested_at_ms: number
  ends_at_ms: number
  admitted_by: string | null
  decision: string | null
}

const LISTED_AT_MOST = 500

export function embeddedGuarantees(database: Database): GuaranteeStore {
  const find = (condition: string) =>
    database.prepare<GuaranteeRow>(`SELECT * FROM guarantees WHERE ${condition}`)
  const byId = find('guarantee_id = ?')
  const byRequestHash = find('request_hash = ?')
  const byGuarantor = find(`guarantor_id = ? ORDER BY requested_at_ms LIMIT ${LISTED_AT_MOST}`)
  const byState = find('state = ? AND guarantee_id > ? ORDER BY guarantee_id LIMIT ?')
  const ended = find('ends_at_ms <= ? ORDER BY ends_at_ms LIMIT ?')
  const unrecorded = find(
    "json_extract(decision, '$.unrecorded') IS NOT NULL AND json_extract(decision, '$.atMs') < ? LIMIT ?",
  )
  const recorded = database.prepare(
    `UPDATE guarantees SET decision = json_remove(decision, '$.unrecorded')
     WHERE guarantee_id = ? AND json_extract(decision, '$.atMs') = ?`,
  )
  const countPending = database.prepare<{ count: number }>(
    "SELECT count(*) AS count FROM guarantees WHERE guarantor_id = ? AND state = 'pending'",
  )
  const countActive = database.prepare<{ count: number }>(
    `SELECT count(*) AS count FROM guarantees
     WHERE guarantor_id = ? AND state = 'approved' AND admitted_by = 'guarantor' AND guarantee_id <> ?`,
  )
  const insert = database.prepare(
    `INSERT INTO guarantees (guarantee_id, request_hash, check_hash, tries_left, state, guarantor_id, name_key,
     applicant, requested_at_ms, ends_at_ms, admitted_by, decision) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const update = database.prepare(
    'UPDATE guarantees SET state = ?, ends_at_ms = ?, admitted_by = ?, decision = ? WHERE guarantee_id = ?',
  )
  const spendTry = database.prepare(
    "UPDATE guarantees SET tries_left = tries_left - 1 WHERE guarantee_id = ? AND state = 'pending' AND tries_left > 0",
  )
  const remove = database.prepare('DELETE FROM guarantees WHERE guarantee_id = ?')
  const one = (row: GuaranteeRow | undefined) => row && toGuarantee(row)
  const isFull = (statement: typeof countPending, atMost: number, ...values: SqlValue[]) =>
    (statement.get(...values)?.count ?? 0) >= atMost

  return {
    create: (guarantee, pendingAtMost) =>
      database.write(() => {
        if (byRequestHash.get(guarantee.requestHash)) return 'exists'
        if (isFull(countPending, pendingAtMost, guarantee.guarantorId)) return 'full'
        insert.run(...valuesOf(guarantee))
        return 'created'
      }),
    byId: (guaranteeId) => database.read(() => one(byId.get(guaranteeId))),
    byRequestHash: (requestHash) => database.read(() => one(byRequestHash.get(requestHash))),
    listByGuarantor: (guarantorId) => database.read(() => byGuarantor.all(guarantorId).map(toGuarantee)),
    listByState: (state, after, limit) =>
      database.read(() => byState.all(state, after ?? '', limit).map(toGuarantee)),
    change: (guaranteeId, from, change, activeAtMost) =>
      database.write(() => {
        const found = one(byId.get(guaranteeId))
        if (found?.state !== from) return undefined
        if (activeAtMost !== undefined && isFull(countActive, activeAtMost, found.guarantorId, guaranteeId)) {
          return 'full'
        }
        const changed = { ...found, ...change }
        const decision = changed.decision === undefined ? null : JSON.stringify(changed.decision)
        update.run(changed.state, changed.endsAtMs, changed.admittedBy ?? null, decision, guaranteeId)
        return changed
      }),
    spendTry: (guaranteeId) => database.write(() => spendTry.run(guaranteeId) > 0),
    ended: (nowMs, limit) => database.read(() => ended.all(nowMs, limit).map(toGuarantee)),
    unrecorded: (beforeMs, limit) => database.read(() => unrecorded.all(beforeMs, limit).map(toGuarantee)),
    recorded: (guaranteeId, atMs) =>
      database.write(() => {
        recorded.run(guaranteeId, atMs)
      }),
    erase: (guaranteeId) =>
      database.write(() => {
        remove.run(guaranteeId)
      }),
  }
}

function valuesOf(guarantee: StoredGuarantee): SqlValue[] {
  const { admittedBy, decision } = guarantee
  return [
    guarantee.guaranteeId,
    guarantee.requestHash,
    guarantee.checkHash,
    guarantee.triesLeft,
    guarantee.state,
    guarantee.guarantorId,
    guarantee.nameKey,
    JSON.stringify(guarantee.applicant),
    guarantee.requestedAtMs,
    guarantee.endsAtMs,
    admittedBy ?? null,
    decision === undefined ? null : JSON.stringify(decision),
  ]
}

function toGuarantee(row: GuaranteeRow): StoredGuarantee {
  const { admitted_by: admittedBy, decision } = row
  return {
    guaranteeId: row.guarantee_id as GuaranteeId,
    requestHash: row.request_hash,
    checkHash: row.check_hash,
    triesLeft: row.tries_left,
    state: row.state as GuaranteeState,
    guarantorId: row.guarantor_id as PersonId,
    nameKey: row.name_key,
    applicant: JSON.parse(row.applicant) as StoredGuarantee['applicant'],
    requestedAtMs: row.requested_at_ms,
    endsAtMs: row.ends_at_ms,
    ...(admittedBy === null ? {} : { admittedBy: admittedBy as 'guarantor' | 'operator' }),
    ...(decision === null ? {} : { decision: JSON.parse(decision) as StoredGuarantee['decision'] & object }),
  }
}
