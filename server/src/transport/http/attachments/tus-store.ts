/**
 * Purpose: tus's uploads kept by the relay's own attachments: no file name, no metadata, and the last byte is
 * acknowledged only when all are durable. Not concerned with who may upload, nor with where bytes lie.
 */
import type { Readable } from 'node:stream'
import { attachmentId } from '@pli/protocol/wire'
import { DataStore, ERRORS, Upload } from '@tus/server'
import type { Attachments } from '../../../domain/attachments/attachments.ts'
import { RelayError } from '../../../errors.ts'

export class AttachmentTusStore extends DataStore {
  readonly #attachments: Attachments

  constructor(attachments: Attachments) {
    super()
    this.#attachments = attachments
    // Lengths are announced, nobody but the sweeper erases, and the relay's own record holds the expiry.
    this.extensions = ['creation', 'creation-with-upload']
  }

  /** All that is remembered is the length: what a client says of its file, such as a name, is let go. */
  override async create(upload: Upload): Promise<Upload> {
    if (upload.size === undefined) throw new RelayError('bad_request')
    await this.#attachments.announce(attachmentId.parse(upload.id), upload.size, Date.now())
    return upload
  }

  override async write(readable: Readable, id: string, offset: number): Promise<number> {
    try {
      return await this.#attachments.take(attachmentId.parse(id), offset, readable)
    } catch (error) {
      // The sender comes back to where it was; a disk without room says so.
      throw isFull(error) ? new RelayError('unavailable') : ERRORS.FILE_WRITE_ERROR
    }
  }

  override async getUpload(id: string): Promise<Upload> {
    const known = attachmentId.safeParse(id)
    const stored = known.success ? await this.#attachments.find(known.data, Date.now()) : undefined
    if (stored === undefined) throw ERRORS.FILE_NOT_FOUND
    return new Upload({
      id,
      size: stored.sizeBytes,
      offset: await this.#attachments.arrived(stored.attachmentId),
    })
  }
}

function isFull(error: unknown): boolean {
  if (error instanceof RelayError) return error.code === 'unavailable'
  return error instanceof Error && 'code' in error && ['ENOSPC', 'EDQUOT'].includes(String(error.code))
}
