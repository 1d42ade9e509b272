/**
 * Brings photos to the relay ahead of the message that names them: encrypted once, resumed where it stopped, over
 * restarts too. When it is done the waiting message gets its pointer. Not concerned with sending that message.
 */
import { encryptAttachmentBytes } from '@pli/crypto'
import type { AttachmentPointer } from '@pli/protocol/content'
import { type AccountId, attachmentId, routes } from '@pli/protocol/wire'
import type { MessengerContext } from '../accounts/messenger-context.ts'
import { backoffMs } from '../connection/backoff.ts'
import { ClientError } from '../errors.ts'
import { saveConversation, saveMessage } from '../messenger/conversation-log.ts'
import type { OutboxRecord } from '../outbox/outbox-records.ts'
import { settleFailed } from '../outbox/settle.ts'
import { isPassing } from '../relay/refusals.ts'
import { put } from '../store/record-store.ts'
import type { UploadRecord } from './attachment-records.ts'
import type { UploadProgressBoard } from './progress.ts'
import { uploadWithTus } from './tus-upload.ts'

const RETRY = { firstMs: 1_000, mostMs: 60_000 }

export interface UploadsContext extends Pick<MessengerContext, 'store' | 'device' | 'relay' | 'nowMs'> {
  fence: number
  progress: UploadProgressBoard
  failed(error: unknown): void
  isOnline(): boolean
}

export interface Uploads {
  /** Starts the upload of an entry's photo unless it is going on. */
  upload(entry: OutboxRecord): void
  stop(): void
}

export function startUploads(context: UploadsContext): Uploads {
  const running = new Map<string, AbortController>()
  const retries = new Map<string, { failures: number; timer: ReturnType<typeof setTimeout> }>()
  let stopped = false

  const finish = (id: string) => {
    running.delete(id)
    context.progress.clear(id)
  }
  const failed = (entry: OutboxRecord, error: unknown) => {
    finish(entry.entryId)
    if (stopped || (error instanceof DOMException && error.name === 'AbortError')) return
    if (!isPassing(error)) context.failed(error)
    const failures = (retries.get(entry.entryId)?.failures ?? 0) + 1
    const timer = setTimeout(() => upload(entry), backoffMs(failures, RETRY))
    retries.set(entry.entryId, { failures, timer })
  }
  const upload = (entry: OutboxRecord) => {
    const { entryId } = entry
    if (stopped || running.has(entryId) || !context.isOnline()) return
    clearTimeout(retries.get(entryId)?.timer)
    const stop = new AbortController()
    running.set(entryId, stop)
    uploadEntry(context, entry, stop.signal).then(
      () => {
        retries.delete(entryId)
        finish(entryId)
      },
      (error: unknown) => failed(entry, error),
    )
  }
  // A message that was taken back has no upload record any more.
  const stopListening = context.store.onChange((changes) => {
    if (!changes.some(({ table }) => table === 'uploads')) return
    for (const [id, stop] of running) void stopIfGone(context, id, stop)
  })
  return {
    upload,
    stop: () => {
      stopped = true
      stopListening()
      for (const stop of running.values()) stop.abort()
      for (const { timer } of retries.values()) clearTimeout(timer)
    },
  }
}

async function stopIfGone({ store }: UploadsContext, id: string, stop: AbortController): Promise<void> {
  if ((await store.get('outbox', id).catch(() => undefined)) === undefined) stop.abort()
}

async function uploadEntry(context: UploadsContext, entry: OutboxRecord, signal: AbortSignal): Promise<void> {
  const { store, relay, device, progress } = context
  const { entryId, conversationId } = entry
  const record = (await store.get('uploads', entryId)) ?? (await encrypt(context, entry))
  if (record === undefined) {
    // The photo is gone from this device: there is nothing that a retry could send.
    const { fence, nowMs } = context
    return store.transact((transaction) => settleFailed(transaction, entry, 'refused', nowMs()), { fence })
  }
  const totalBytes = record.ciphertext.length
  const show = (uploadedBytes: number) => progress.set(entryId, conversationId, { uploadedBytes, totalBytes })
  show(0)
  const url = await uploadWithTus(
    {
      endpoint: `${relay.origin}${routes.attachments}`,
      deviceToken: device.deviceToken,
      bytes: record.ciphertext,
      ...(record.url === undefined ? {} : { url: record.url }),
      placed: (placed) => void rememberPlace(context, entry, record, placed),
      progress: show,
    },
    signal,
  )
  await finishUpload(context, entry, record, url)
}

async function encrypt(context: UploadsContext, entry: OutboxRecord): Promise<UploadRecord | undefined> {
  const { store, fence } = context
  const photo = await store.get('photos', entry.entryId)
  if (photo === undefined) return undefined
  const { ciphertext, pointer } = await encryptAttachmentBytes(photo.bytes)
  const { key, digest } = pointer
  const record = { ciphertext, key, digest, plaintextBytes: photo.bytes.length }
  await store.commit([put('uploads', entry.entryId, record, groupOf(entry))], { fence })
  return record
}

/** A restart goes on at this address. If this is lost, the upload only begins anew. */
async function rememberPlace(
  { store, fence, failed }: UploadsContext,
  entry: OutboxRecord,
  record: UploadRecord,
  url: string,
): Promise<void> {
  try {
    await store.transact(
      async (transaction) => {
        if ((await transaction.get('uploads', entry.entryId)) === undefined) return
        transaction.put('uploads', entry.entryId, { ...record, url }, groupOf(entry))
      },
      { fence },
    )
  } catch (error) {
    failed(error)
  }
}

async function finishUpload(
  { store, fence }: UploadsContext,
  entry: OutboxRecord,
  record: UploadRecord,
  url: string,
): Promise<void> {
  const { entryId, conversationId } = entry
  const attachment = pointerOf(record, url)
  await store.transact(
    async (transaction) => {
      const waiting = await transaction.get('outbox', entryId)
      const message = await transaction.get('messages', entryId)
      const conversation = await transaction.get('conversations', conversationId)
      if (waiting?.item.kind !== 'message' || waiting.item.content.kind !== 'photo') return
      const content = { ...waiting.item.content, attachment }
      const place = { group: conversationId, order: waiting.turn }
      transaction.put('outbox', entryId, { ...waiting, item: { kind: 'message', content } }, place)
      transaction.remove('uploads', entryId, conversationId)
      if (message?.body.kind !== 'photo' || conversation === undefined) return
      const body = { ...message.body, attachment }
      saveConversation(transaction, saveMessage(transaction, conversation, { ...message, body }))
    },
    { fence },
  )
}

function pointerOf(record: UploadRecord, url: string): AttachmentPointer {
  const id = attachmentId.safeParse(new URL(url).pathname.split('/').pop())
  if (!id.success) throw new ClientError('unavailable')
  return {
    attachmentId: id.data,
    key: new Uint8Array(record.key),
    digest: new Uint8Array(record.digest),
    plaintextBytes: record.plaintextBytes,
    ciphertextBytes: record.ciphertext.length,
  }
}

function groupOf(entry: OutboxRecord): { group: AccountId } {
  return { group: entry.conversationId }
}
