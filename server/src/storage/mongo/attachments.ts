/** What is known of attachments, in MongoDB; their bytes are in GridFS (`attachment-bytes.ts`). */
import type { AttachmentId } from '@pli/protocol/wire'
import type { AttachmentStore } from '../interfaces.ts'
import { isDuplicate } from './failures.ts'
import type { Models } from './models.ts'

export function mongoAttachments({ attachments }: Models): AttachmentStore {
  return {
    async create({ attachmentId, sizeBytes, expiresAtMs, state }) {
      try {
        await attachments.insertMany([
          { _id: attachmentId, sizeBytes, expiresAt: new Date(expiresAtMs), state },
        ])
        return true
      } catch (error) {
        if (isDuplicate(error)) return false
        throw error
      }
    },
    async byId(attachmentId) {
      const found = await attachments.findOne({ _id: attachmentId }).lean()
      if (!found) return undefined
      const { sizeBytes, expiresAt, state } = found
      return { attachmentId, sizeBytes, expiresAtMs: expiresAt.getTime(), state }
    },
    async complete(attachmentId) {
      const { matchedCount } = await attachments.updateOne(
        { _id: attachmentId },
        { $set: { state: 'complete' } },
      )
      return matchedCount > 0
    },
    async expired(nowMs, limit) {
      const found = await attachments
        .find({ expiresAt: { $lte: new Date(nowMs) } }, { _id: 1 })
        .sort({ expiresAt: 1 })
        .limit(limit)
        .lean()
      return found.map(({ _id }) => _id as AttachmentId)
    },
    async delete(attachmentId) {
      await attachments.deleteOne({ _id: attachmentId })
    },
  }
}
