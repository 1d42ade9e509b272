/**
 * The bytes of attachments in GridFS. An upload may break off and go on at another node, which GridFS's own upload
 * stream cannot: chunks are written here, in GridFS's layout, and the file's document when all are there. Reading is
 * GridFS's. Not concerned with what is known of an attachment (`attachments.ts`).
 */
import type { AttachmentId } from '@pli/protocol/wire'
import type { Connection } from 'mongoose'
import { mongo } from 'mongoose'
import { RelayError } from '../../errors.ts'
import type { AttachmentBytes } from '../attachment-bytes.ts'
import { isDuplicate } from './failures.ts'
import type { AttachmentChunks } from './models.ts'

const BUCKET = 'attachmentBytes'
/** GridFS's usual size. */
const CHUNK_BYTES = 255 * 1024

export function gridFsAttachmentBytes(connection: Connection, chunks: AttachmentChunks): AttachmentBytes {
  if (!connection.db) throw new RelayError('unavailable', 'storage: not connected')
  const files = connection.db.collection<{
    _id: string
    length: number
    chunkSize: number
    uploadDate: Date
  }>(`${BUCKET}.files`)
  const bucket = new mongo.GridFSBucket(connection.db, { bucketName: BUCKET, chunkSizeBytes: CHUNK_BYTES })

  /** Only ever makes a chunk longer: a node that is late with the beginning of one cannot cut it short. */
  async function write(attachmentId: AttachmentId, n: number, data: Buffer): Promise<void> {
    try {
      await chunks.updateOne(
        { _id: chunkId(attachmentId, n), size: { $lt: data.length } },
        { $set: { files_id: attachmentId, n, size: data.length, data } },
        { upsert: true },
      )
    } catch (error) {
      if (!isDuplicate(error)) throw error
    }
  }

  return {
    async length(attachmentId) {
      const last = await chunks.findOne({ files_id: attachmentId }, { n: 1, size: 1 }).sort({ n: -1 }).lean()
      return last ? last.n * CHUNK_BYTES + last.size : 0
    },
    async append(attachmentId, offset, source) {
      let n = Math.floor(offset / CHUNK_BYTES)
      const begun = await chunks.findOne({ _id: chunkId(attachmentId, n) }).lean()
      let gathered = (begun?.data ?? Buffer.alloc(0)).subarray(0, offset % CHUNK_BYTES)
      let written = offset
      try {
        for await (const part of source as AsyncIterable<Buffer>) {
          gathered = Buffer.concat([gathered, part])
          written += part.length
          for (; gathered.length >= CHUNK_BYTES; n += 1) {
            await write(attachmentId, n, gathered.subarray(0, CHUNK_BYTES))
            gathered = gathered.subarray(CHUNK_BYTES)
          }
        }
      } finally {
        if (gathered.length > 0) await write(attachmentId, n, gathered)
      }
      return written
    },
    async seal(attachmentId, sizeBytes) {
      const count = await chunks.countDocuments({ files_id: attachmentId })
      if (count !== Math.ceil(sizeBytes / CHUNK_BYTES))
        throw new RelayError('unavailable', 'storage: bytes are missing')
      const file = { length: sizeBytes, chunkSize: CHUNK_BYTES, uploadDate: new Date() }
      await files.updateOne({ _id: attachmentId }, { $setOnInsert: file }, { upsert: true })
    },
    async read(attachmentId, { start, end }) {
      const id = attachmentId as unknown as mongo.ObjectId
      return bucket.openDownloadStream(id, { start, end: end + 1 })
    },
    async erase(attachmentId) {
      await files.deleteOne({ _id: attachmentId })
      await chunks.deleteMany({ files_id: attachmentId })
    },
  }
}

function chunkId(attachmentId: AttachmentId, n: number): string {
  return `${attachmentId}:${n}`
}
