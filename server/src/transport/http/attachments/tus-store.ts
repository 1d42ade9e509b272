/**
 * Purpose: tus's file store with the relay's own record of uploads: no file name, no metadata, and the last byte is
 * acknowledged only when all are on the disk. Not concerned with who may upload.
 */

import type { Readable } from 'node:stream'
import { type AttachmentId, attachmentId } from '@pli/protocol/wire'
import { FileStore } from '@tus/file-store'
import { Upload } from '@tus/server'
import type { Attachments } from '../../../domain/attachments/attachments.ts'
import { RelayError } from '../../../errors.ts'

export class AttachmentTusStore extends FileStore {
  readonly #attachments: Attachments

  constructor(attachments: Attachments) {
    super({ directory: attachments.directory, configstore: createRecords(attachments) })
    this.#attachments = attachments
    // Lengths are announced, nobody but the sweeper erases, and the relay's own record holds the expiry.
    this.extensions = ['creation', 'creation-with-upload']
  }

  override async write(readable: Readable, id: string, offset: number): Promise<number> {
    const newOffset = await super.write(readable, id, offset)
    await this.#attachments.settle(id as AttachmentId)
    return newOffset
  }
}

/** All that is remembered of an upload is its length: what a client says of its file, such as a name, is let go. */
function createRecords(attachments: Attachments) {
  return {
    async get(id: string): Promise<Upload | undefined> {
      const known = attachmentId.safeParse(id)
      const stored = known.success ? await attachments.find(known.data, Date.now()) : undefined
      return stored === undefined ? undefined : new Upload({ id, size: stored.sizeBytes, offset: 0 })
    },
    async set(id: string, upload: Upload): Promise<void> {
      if (upload.size === undefined) throw new RelayError('bad_request')
      await attachments.announce(attachmentId.parse(id), upload.size, Date.now())
    },
    async delete(id: string): Promise<void> {
      await attachments.forget(attachmentId.parse(id))
    },
  }
}
