import { randomBytes } from 'node:crypto'
import type { GuaranteeId } from '@pli/protocol/wire'
import { expect, it } from 'vitest'
import type { StoredGuarantee } from '../interfaces.ts'
import { bytes, dayMs, hex, nowMs, personId } from './samples.ts'
import type { StorageUnderTest } from './subject.ts'

function pending(changes: Partial<StoredGuarantee> = {}): StoredGuarantee {
  return {
    guaranteeId: randomBytes(16).toString('hex') as GuaranteeId,
    requestHash: bytes(32),
    checkHash: bytes(32),
    triesLeft: 2,
    state: 'pending',
    guarantorId: personId('guarantor'),
    nameKey: 'ab'.repeat(32),
    applicant: {
      lastName: 'Desplechin',
      firstName: 'Aurore',
      profession: 'Interne en pharmacie',
      place: { postcode: '1050', nsi: '21009', nl: 'Elsene', fr: 'Ixelles' },
    },
    requestedAtMs: nowMs,
    endsAtMs: nowMs + 30 * dayMs,
    ...changes,
  }
}

const approved = { state: 'approved', endsAtMs: nowMs + 365 * dayMs, admittedBy: 'guarantor' } as const
const readable = (found: StoredGuarantee | undefined) =>
  found && { ...found, requestHash: hex(found.requestHash), checkHash: hex(found.checkHash) }

export function guaranteeCases(subject: StorageUnderTest): void {
  it('keeps a request with what was decided about it', async () => {
    const request = pending()
    expect(await subject.storage.guarantees.create(request, 10)).toBe('created')
    const decision = { by: 'guarantor', atMs: nowMs, reason: 'vu le diplôme' } as const
    await subject.storage.guarantees.change(request.guaranteeId, 'pending', { ...approved, decision })
    await subject.reopen()
    const { guarantees } = subject.storage
    const expected = readable({ ...request, ...approved, decision })
    expect(readable(await guarantees.byId(request.guaranteeId))).toEqual(expected)
    expect(readable(await guarantees.byRequestHash(request.requestHash))).toEqual(expected)
    expect((await guarantees.listByState('approved', undefined, 10)).map(readable)).toEqual([expected])
    expect(await guarantees.listByState('pending', undefined, 10)).toEqual([])
    expect(await guarantees.listByState('approved', request.guaranteeId, 10)).toEqual([])
    await guarantees.erase(request.guaranteeId)
    expect(await guarantees.byId(request.guaranteeId)).toBeUndefined()
  })

  it('takes one request of a token, and no more of one guarantor than is allowed', async () => {
    const { guarantees } = subject.storage
    const [first, second] = [pending(), pending()]
    expect(await guarantees.create(first, 1)).toBe('created')
    expect(await guarantees.create(pending({ requestHash: first.requestHash }), 9)).toBe('exists')
    expect(await guarantees.create(second, 1)).toBe('full')
    expect(await guarantees.create({ ...second, guarantorId: personId('other') }, 1)).toBe('created')
    expect(await guarantees.change(first.guaranteeId, 'pending', approved, 1)).toMatchObject(approved)
    expect(await guarantees.create(pending(), 1)).toBe('created')
    const next = (await guarantees.listByGuarantor(personId('guarantor'))).find(
      (one) => one.state === 'pending',
    )
    expect(await guarantees.change(next!.guaranteeId, 'pending', approved, 1)).toBe('full')
    // The one who is being renewed does not stand in their own way.
    expect(await guarantees.change(first.guaranteeId, 'approved', approved, 1)).toMatchObject(approved)
  })

  it('lets one of many decide, and counts tries down to nought', async () => {
    const { guarantees } = subject.storage
    const request = pending()
    await guarantees.create(request, 10)
    const tries = await Promise.all([1, 2, 3, 4].map(() => guarantees.spendTry(request.guaranteeId)))
    expect(tries.filter((spent) => spent)).toHaveLength(2)
    const refused = { state: 'refused', endsAtMs: nowMs + dayMs } as const
    const decided = await Promise.all(
      [approved, refused, approved, refused].map((change) =>
        guarantees.change(request.guaranteeId, 'pending', change),
      ),
    )
    expect(decided.filter((outcome) => outcome !== undefined)).toHaveLength(1)
    expect(await guarantees.spendTry(request.guaranteeId)).toBe(false)
  })

  it('knows which decisions the audit trail does not have yet', async () => {
    const { guarantees } = subject.storage
    const request = pending()
    await guarantees.create(request, 10)
    const decision = { by: 'guarantor', atMs: nowMs, unrecorded: 'approved' } as const
    await guarantees.change(request.guaranteeId, 'pending', { ...approved, decision })
    const ids = async (beforeMs: number) =>
      (await guarantees.unrecorded(beforeMs, 10)).map(({ guaranteeId }) => guaranteeId)
    expect(await ids(nowMs)).toEqual([])
    expect(await ids(nowMs + 1)).toEqual([request.guaranteeId])
    await guarantees.recorded(request.guaranteeId, nowMs - 1)
    expect(await ids(nowMs + 1)).toEqual([request.guaranteeId])
    await guarantees.recorded(request.guaranteeId, nowMs)
    expect(await ids(nowMs + 1)).toEqual([])
    expect((await guarantees.byId(request.guaranteeId))?.decision).toEqual({ by: 'guarantor', atMs: nowMs })
  })

  it('finds what has ended, the earliest first', async () => {
    const { guarantees } = subject.storage
    const [late, early] = [pending({ endsAtMs: nowMs + 2 }), pending({ endsAtMs: nowMs + 1 })]
    for (const request of [late, early]) await guarantees.create(request, 10)
    const ids = async (atMs: number, limit = 10) =>
      (await guarantees.ended(atMs, limit)).map(({ guaranteeId }) => guaranteeId)
    expect(await ids(nowMs)).toEqual([])
    expect(await ids(nowMs + 2, 1)).toEqual([early.guaranteeId])
    expect(await ids(nowMs + 2)).toEqual([early.guaranteeId, late.guaranteeId])
  })

  it('adds to the audit trail, one entry to a sequence, in order', async () => {
    const entry = (sequence: number, subjectId = 'one') => ({
      ...{ sequence, atMs: nowMs, event: 'guarantee.approved', actor: 'operator', subject: subjectId },
      hash: 'cd'.repeat(32),
    })
    expect(await subject.storage.audit.last()).toBeUndefined()
    expect(await subject.storage.audit.append(entry(1))).toBe(true)
    const raced = await Promise.all(['a', 'b', 'c'].map((id) => subject.storage.audit.append(entry(2, id))))
    expect(raced.filter((appended) => appended)).toHaveLength(1)
    await subject.reopen()
    const { audit } = subject.storage
    expect((await audit.read(0, 10)).map(({ sequence }) => sequence)).toEqual([1, 2])
    expect(await audit.read(0, 1)).toEqual([entry(1)])
    expect((await audit.last())?.sequence).toBe(2)
  })
}
