/** What is known of attachments, in SQLite; their bytes are files elsewhere. */
import type { AttachmentId } from '@pli/protocol/wire'
import type { AttachmentStore, StoredAttachment } from '../interfaces.ts'
import type { Database } from './database.ts'

interface AttachmentRow {
  attachment_id: string
  size_bytes: number
  expires_at_ms: number
  state: string
}

export function embeddedAttachments(database: Database): AttachmentStore {
  const create = database.prepare(
    `INSERT INTO attachments (attachment_id, size_bytes, expires_at_ms, state) VALUES (?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  )
  const byId = database.prepare<AttachmentRow>('SELECT * FROM attachments WHERE attachment_id = ?')
  const complete = database.prepare("UPDATE attachments SET state = 'complete' WHERE attachment_id = ?")
  const expired = database.prepare<{ attachment_id: string }>(
    'SELECT attachment_id FROM attachments WHERE expires_at_ms <= ? ORDER BY expires_at_ms LIMIT ?',
  )
  const remove = database.prepare('DELETE FROM attachments WHERE attachment_id = ?')

  return {
    async create({ attachmentId, sizeBytes, expiresAtMs, state }) {
      const refusal = database.refusalOfBulk()
      if (refusal) throw refusal
      return database.write(() => create.run(attachmentId, sizeBytes, expiresAtMs, state) > 0)
    },
    byId: (attachmentId) => database.read(() => toAttachment(byId.get(attachmentId))),
    complete: (attachmentId) => database.write(() => complete.run(attachmentId) > 0),
    expired: (nowMs, limit) =>
      database.read(() => expired.all(nowMs, limit).map((row) => row.attachment_id as AttachmentId)),
    delete: (attachmentId) =>
      database.write(() => {
        remove.run(attachmentId)
      }),
  }
}

function toAttachment(row: AttachmentRow | undefined): StoredAttachment | undefined {
  if (!row) return undefined
  return {
    attachmentId: row.attachment_id as AttachmentId,
    sizeBytes: row.size_bytes,
    expiresAtMs: row.expires_at_ms,
    state: row.state as StoredAttachment['state'],
  }
}
