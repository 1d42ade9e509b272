/**
 * Guarantees in MongoDB: one document each, whose state decides. How many a guarantor has is counted before: two requests
 * at two nodes in the same moment may together be one too many.
 */
import type { GuaranteeStore, StoredGuarantee } from '../interfaces.ts'
import type { GuaranteeDocument } from './documents.ts'
import { isDuplicate } from './failures.ts'
import type { Models } from './models.ts'

const LISTED_AT_MOST = 500

export function mongoGuarantees({ guarantees }: Models): GuaranteeStore {
  const findOne = async (filter: object) => {
    const found = await guarantees.findOne(filter).lean<GuaranteeDocument | null>()
    return found ? toGuarantee(found) : undefined
  }
  const findMany = async (filter: object, sort: Record<string, 1>, limit: number) => {
    const found = await guarantees.find(filter).sort(sort).limit(limit).lean<GuaranteeDocument[]>()
    return found.map(toGuarantee)
  }

  return {
    async create(guarantee, pendingAtMost) {
      if (await findOne({ requestHash: Buffer.from(guarantee.requestHash) })) return 'exists'
      const { guarantorId } = guarantee
      if ((await guarantees.countDocuments({ guarantorId, state: 'pending' })) >= pendingAtMost) return 'full'
      try {
        await guarantees.insertMany([toDocument(guarantee)], { lean: true })
        return 'created'
      } catch (error) {
        if (isDuplicate(error)) return 'exists'
        throw error
      }
    },
    byId: (guaranteeId) => findOne({ _id: guaranteeId }),
    byRequestHash: (requestHash) => findOne({ requestHash: Buffer.from(requestHash) }),
    listByGuarantor: (guarantorId) => findMany({ guarantorId }, { requestedAtMs: 1 }, LISTED_AT_MOST),
    listByState: (state, after, limit) => findMany({ state, _id: { $gt: after ?? '' } }, { _id: 1 }, limit),
    async change(guaranteeId, from, { state, endsAtMs, admittedBy, decision }, activeAtMost) {
      const found = await findOne({ _id: guaranteeId })
      if (found?.state !== from) return undefined
      if (activeAtMost !== undefined) {
        const { guarantorId } = found
        const others = {
          ...{ guarantorId, _id: { $ne: guaranteeId } },
          ...({ state: 'approved', admittedBy: 'guarantor' } as const),
        }
        if ((await guarantees.countDocuments(others)) >= activeAtMost) return 'full'
      }
      const fields = {
        ...{ state, endsAt: new Date(endsAtMs) },
        ...(admittedBy === undefined ? {} : { admittedBy }),
        ...(decision === undefined ? {} : { decision }),
      }
      const filter = { _id: guaranteeId, state: from }
      const changed = await guarantees
        .findOneAndUpdate(filter, { $set: fields }, { returnDocument: 'after' })
        .lean<GuaranteeDocument | null>()
      return changed ? toGuarantee(changed) : undefined
    },
    async spendTry(guaranteeId) {
      const filter = { _id: guaranteeId, state: 'pending', triesLeft: { $gt: 0 } } as const
      return (await guarantees.updateOne(filter, { $inc: { triesLeft: -1 } })).modifiedCount > 0
    },
    ended: (nowMs, limit) => findMany({ endsAt: { $lte: new Date(nowMs) } }, { endsAt: 1 }, limit),
    unrecorded: (beforeMs, limit) =>
      findMany(
        { 'decision.unrecorded': { $exists: true }, 'decision.atMs': { $lt: beforeMs } },
        { _id: 1 },
        limit,
      ),
    async recorded(guaranteeId, atMs) {
      await guarantees.updateOne(
        { _id: guaranteeId, 'decision.atMs': atMs },
        { $unset: { 'decision.unrecorded': '' } },
      )
    },
    async erase(guaranteeId) {
      await guarantees.deleteOne({ _id: guaranteeId })
    },
  }
}

function toDocument({ guaranteeId, requestHash, checkHash, endsAtMs, ...rest }: StoredGuarantee) {
  return {
    ...rest,
    _id: guaranteeId,
    requestHash: Buffer.from(requestHash),
    checkHash: Buffer.from(checkHash),
    endsAt: new Date(endsAtMs),
  }
}

function toGuarantee({ _id, endsAt, ...rest }: GuaranteeDocument): StoredGuarantee {
  return { ...rest, guaranteeId: _id, endsAtMs: endsAt.getTime() }
}
