/** The bytes of attachments as files, one each, named by the attachment's id. */
import { constants, createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { AttachmentId } from '@pli/protocol/wire'
import type { AttachmentBytes } from '../attachment-bytes.ts'

/** The folder is made when the first bytes come. */
export function fileAttachmentBytes(folder: string): AttachmentBytes {
  const pathOf = (attachmentId: AttachmentId) => join(folder, attachmentId)
  const lengthOf = async (attachmentId: AttachmentId) => {
    try {
      return (await stat(pathOf(attachmentId))).size
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0
      throw error
    }
  }

  return {
    length: lengthOf,
    async append(attachmentId, offset, source) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      // Neither cut short nor appended blindly: written where it belongs.
      const handle = await open(pathOf(attachmentId), constants.O_CREAT | constants.O_WRONLY, 0o600)
      await pipeline(source, createWriteStream('', { fd: handle, start: offset }))
      return lengthOf(attachmentId)
    },
    async seal(attachmentId) {
      await flush(pathOf(attachmentId), 'r+')
      // The name too: a file that is on the disk but in no folder is lost. Windows does it by itself.
      if (process.platform !== 'win32') await flush(folder, 'r')
    },
    async read(attachmentId, range) {
      const handle = await open(pathOf(attachmentId), 'r')
      return createReadStream('', { fd: handle, ...range })
    },
    async erase(attachmentId) {
      await rm(pathOf(attachmentId), { force: true })
    },
  }
}

async function flush(path: string, flags: 'r' | 'r+'): Promise<void> {
  const handle = await open(path, flags)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
