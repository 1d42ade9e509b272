/** The audit trail in MongoDB: the sequence is the `_id`, so that of two nodes one appends. */
import type { AuditStore, StoredAuditEntry } from '../interfaces.ts'
import type { AuditDocument } from './documents.ts'
import { isDuplicate } from './failures.ts'
import type { Models } from './models.ts'

export function mongoAudit({ audit }: Models): AuditStore {
  return {
    async last() {
      const found = await audit.findOne().sort({ _id: -1 }).lean<AuditDocument | null>()
      return found ? toEntry(found) : undefined
    },
    async append({ sequence, ...entry }) {
      try {
        await audit.insertMany([{ _id: sequence, ...entry }])
        return true
      } catch (error) {
        if (isDuplicate(error)) return false
        throw error
      }
    },
    async read(afterSequence, limit) {
      const found = await audit
        .find({ _id: { $gt: afterSequence } })
        .sort({ _id: 1 })
        .limit(limit)
        .lean<AuditDocument[]>()
      return found.map(toEntry)
    },
  }
}

function toEntry({ _id, ...entry }: AuditDocument): StoredAuditEntry {
  return { sequence: _id, ...entry }
}
