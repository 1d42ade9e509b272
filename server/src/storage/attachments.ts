/** What the relay knows of an encrypted attachment: nothing of who wrote it or who may read it. */
import type { AttachmentId } from '@pli/protocol/wire'

export interface StoredAttachment {
  attachmentId: AttachmentId
  sizeBytes: number
  expiresAtMs: number
  state: 'uploading' | 'complete'
}

export interface AttachmentStore {
  /** False when the id is taken. */
  create(attachment: StoredAttachment): Promise<boolean>
  byId(attachmentId: AttachmentId): Promise<StoredAttachment | undefined>
  complete(attachmentId: AttachmentId): Promise<boolean>
  /** Ids of at most `limit` that expired; delete each after its bytes. */
  expired(nowMs: number, limit: number): Promise<AttachmentId[]>
  delete(attachmentId: AttachmentId): Promise<void>
}
