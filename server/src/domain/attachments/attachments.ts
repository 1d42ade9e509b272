/**
 * Purpose: the life of an encrypted attachment: announced, complete once its last byte is on the disk, gone after 37
 * days. Nothing says who wrote it or may read it: whoever knows its 128-bit id and is signed in may fetch it.
 * Not concerned with how bytes arrive (`transport/http/attachments/`).
 */
import { open, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type AttachmentId, limits } from '@pli/protocol/wire'
import { RelayError } from '../../errors.ts'
import type { AttachmentStore, StoredAttachment } from '../../storage/interfaces.ts'

const SWEEP_BATCH = 100

export interface Attachments {
  /** Holds one file per attachment, named by its id. */
  readonly directory: string
  /** Throws RelayError `too_large` or `conflict`. */
  announce(attachmentId: AttachmentId, sizeBytes: number, nowMs: number): Promise<void>
  /** Undefined when unknown or expired. */
  find(attachmentId: AttachmentId, nowMs: number): Promise<StoredAttachment | undefined>
  /** If every byte has arrived: puts them on the disk for good, then says so. True when it is complete. */
  settle(attachmentId: AttachmentId): Promise<boolean>
  forget(attachmentId: AttachmentId): Promise<void>
  /** Erases what expired; returns how many. */
  sweep(nowMs: number): Promise<number>
}

export function createAttachments(store: AttachmentStore, directory: string): Attachments {
  const pathOf = (attachmentId: AttachmentId) => join(directory, attachmentId)

  async function forget(attachmentId: AttachmentId): Promise<void> {
    await rm(pathOf(attachmentId), { force: true })
    await store.delete(attachmentId)
  }

  return {
    directory,
    forget,
    async announce(attachmentId, sizeBytes, nowMs) {
      if (sizeBytes > limits.attachmentBytes) throw new RelayError('too_large')
      const expiresAtMs = nowMs + limits.attachmentLifetimeMs
      const isNew = await store.create({ attachmentId, sizeBytes, expiresAtMs, state: 'uploading' })
      if (!isNew) throw new RelayError('conflict', 'attachment id taken')
    },
    async find(attachmentId, nowMs) {
      const stored = await store.byId(attachmentId)
      return stored === undefined || stored.expiresAtMs <= nowMs ? undefined : stored
    },
    async settle(attachmentId) {
      const stored = await store.byId(attachmentId)
      if (stored === undefined || stored.state === 'complete') return stored !== undefined
      const { size } = await stat(pathOf(attachmentId))
      if (size !== stored.sizeBytes) return false
      await flush(pathOf(attachmentId), 'r+')
      // The name too: a file that is on the disk but in no folder is lost. Windows does it by itself.
      if (process.platform !== 'win32') await flush(directory, 'r')
      return store.complete(attachmentId)
    },
    async sweep(nowMs) {
      let swept = 0
      for (;;) {
        const expired = await store.expired(nowMs, SWEEP_BATCH)
        for (const attachmentId of expired) await forget(attachmentId)
        swept += expired.length
        if (expired.length < SWEEP_BATCH) return swept
      }
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
