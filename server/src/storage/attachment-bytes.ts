/** The bytes of encrypted attachments, which arrive in parts. What they are and who may read them is known elsewhere. */
import type { Readable } from 'node:stream'
import type { AttachmentId } from '@pli/protocol/wire'

export interface AttachmentBytes {
  /** How many have arrived, from the first without a gap; 0 when there are none. */
  length(attachmentId: AttachmentId): Promise<number>
  /**
   * Adds what arrives from `source` at `offset`, which is at most `length`. Resolves with the length afterwards; when
   * the source fails, what came before stays and the failure is thrown.
   */
  append(attachmentId: AttachmentId, offset: number, source: Readable): Promise<number>
  /** Resolves when all of `sizeBytes` are durable. */
  seal(attachmentId: AttachmentId, sizeBytes: number): Promise<void>
  /** From `start` to `end`, both included, of what was sealed. Rejects when it is not there. */
  read(attachmentId: AttachmentId, range: { start: number; end: number }): Promise<Readable>
  erase(attachmentId: AttachmentId): Promise<void>
}
