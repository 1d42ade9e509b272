/**
 * Purpose: the life of an encrypted attachment: announced, complete once its last byte is durable, gone after 37 days.
 * Nothing says who wrote it or may read it: whoever knows its 128-bit id and is signed in may fetch it.
 * Not concerned with how bytes arrive (`transport/http/attachments/`) nor with where they lie (`storage/`).
 */
import type { Readable } from 'node:stream'
import { type AttachmentId, limits } from '@pli/protocol/wire'
import { RelayError } from '../../errors.ts'
import type { Storage, StoredAttachment } from '../../storage/interfaces.ts'

const SWEEP_BATCH = 100

export interface Attachments {
  /** Throws RelayError `too_large` or `conflict`. */
  announce(attachmentId: AttachmentId, sizeBytes: number, nowMs: number): Promise<void>
  /** Undefined when unknown or expired. */
  find(attachmentId: AttachmentId, nowMs: number): Promise<StoredAttachment | undefined>
  /** How many bytes have arrived. */
  arrived(attachmentId: AttachmentId): Promise<number>
  /** Takes bytes from `offset` on; resolves with how many have arrived then, durably if these are all. */
  take(attachmentId: AttachmentId, offset: number, source: Readable): Promise<number>
  /** If every byte has arrived: makes them durable, then says so. True when it is complete. */
  settle(attachmentId: AttachmentId): Promise<boolean>
  /** From `start` to `end`, both included, of a complete one. */
  read(attachmentId: AttachmentId, range: { start: number; end: number }): Promise<Readable>
  forget(attachmentId: AttachmentId): Promise<void>
  /** Erases what expired; returns how many. */
  sweep(nowMs: number): Promise<number>
}

export function createAttachments({
  attachments: store,
  attachmentBytes: bytes,
}: Pick<Storage, 'attachments' | 'attachmentBytes'>): Attachments {
  async function forget(attachmentId: AttachmentId): Promise<void> {
    await bytes.erase(attachmentId)
    await store.delete(attachmentId)
  }

  async function settle(attachmentId: AttachmentId): Promise<boolean> {
    const stored = await store.byId(attachmentId)
    if (stored === undefined || stored.state === 'complete') return stored !== undefined
    if ((await bytes.length(attachmentId)) !== stored.sizeBytes) return false
    await bytes.seal(attachmentId, stored.sizeBytes)
    return store.complete(attachmentId)
  }

  return {
    forget,
    settle,
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
    arrived: (attachmentId) => bytes.length(attachmentId),
    async take(attachmentId, offset, source) {
      const arrived = await bytes.append(attachmentId, offset, source)
      await settle(attachmentId)
      return arrived
    },
    read: (attachmentId, range) => bytes.read(attachmentId, range),
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
