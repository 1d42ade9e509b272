/**
 * What the person writes: durable on this device when the promise resolves, together with its place in the outbox.
 * Plain store writes, so that it works in a tab that only follows. Not concerned with sending.
 */
import { contentLimits, type MessageId } from '@pli/protocol/content'
import type { MessengerContext } from '../accounts/messenger-context.ts'
import type { ConversationId, WriteOptions } from '../api.ts'
import { ClientError } from '../errors.ts'
import { draftOfMessage } from '../outbox/content-of-message.ts'
import { waitAgain } from '../outbox/hold.ts'
import type { PreparedPhoto } from '../photo/prepare.ts'
import type { Transaction } from '../store/record-store.ts'
import { addWritten, nextPosition, saveConversation } from './conversation-log.ts'
import { latestShown, withoutLast } from './conversation-tail.ts'
import type { ConversationRecord, MessageRecord, StoredBody } from './records.ts'

type WritingContext = Pick<MessengerContext, 'store' | 'nowMs' | 'preparePhoto'>

/** Throws `bad_request` for text that is empty or above its limit, `not_reachable`, `forbidden` when blocked. */
export async function writeText(
  context: WritingContext,
  conversationId: ConversationId,
  text: string,
  options: WriteOptions = {},
): Promise<MessageId> {
  if (text.trim() === '' || text.length > contentLimits.textChars) throw new ClientError('bad_request')
  return write(context, conversationId, { kind: 'text', text }, options)
}

/** Throws also `photo_unreadable`, `photo_too_large`, `photo_metadata`. */
export async function writePhoto(
  context: WritingContext,
  conversationId: ConversationId,
  photo: { bytes: Uint8Array; caption?: string },
  options: WriteOptions = {},
): Promise<MessageId> {
  const prepared = await prepare(context, photo.bytes)
  const caption = photo.caption?.trim().slice(0, contentLimits.captionChars)
  const body: StoredBody = {
    kind: 'photo',
    width: prepared.width,
    height: prepared.height,
    bytes: prepared.bytes.length,
    preview: new Uint8Array(prepared.preview),
    here: true,
    ...(caption ? { caption } : {}),
  }
  return write(context, conversationId, body, options, prepared.bytes)
}

async function prepare(context: WritingContext, bytes: Uint8Array): Promise<PreparedPhoto> {
  try {
    return await context.preparePhoto(bytes)
  } catch (cause) {
    const code = photoCodes[codeOf(cause)]
    throw code === undefined ? cause : new ClientError(code, { cause })
  }
}

const photoCodes: Record<string, 'photo_unreadable' | 'photo_too_large' | 'photo_metadata'> = {
  photo_unreadable: 'photo_unreadable',
  photo_heic_unsupported: 'photo_unreadable',
  photo_too_large: 'photo_too_large',
  photo_metadata: 'photo_metadata',
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

async function write(
  context: WritingContext,
  conversationId: ConversationId,
  body: StoredBody,
  options: WriteOptions,
  photo?: Uint8Array,
): Promise<MessageId> {
  // Drawn here: unique for ever, and the same at every resend.
  const id = crypto.randomUUID() as MessageId
  const nowMs = context.nowMs()
  await context.store.transact(async (transaction) => {
    const conversation = await writable(transaction, conversationId)
    const message = outgoingMessage(id, conversation, body, options, nowMs)
    addWritten(transaction, conversation, message)
    if (photo !== undefined) transaction.put('photos', id, { bytes: photo }, { group: conversationId })
    enqueue(transaction, message)
    transaction.remove('drafts', conversationId, conversationId)
    transaction.remove('draftPhotos', conversationId, conversationId)
  })
  return id
}

async function writable(
  transaction: Transaction,
  conversationId: ConversationId,
): Promise<ConversationRecord> {
  const conversation = await transaction.get('conversations', conversationId)
  if (conversation === undefined) throw new ClientError('not_reachable')
  if (conversation.blocked) throw new ClientError('forbidden')
  return conversation
}

function outgoingMessage(
  id: MessageId,
  conversation: ConversationRecord,
  body: StoredBody,
  { patientTag, answerByMs, quote }: WriteOptions,
  nowMs: number,
): MessageRecord {
  const tag = patientTag?.trim().slice(0, contentLimits.patientTagChars)
  return {
    id,
    conversationId: conversation.conversationId,
    direction: 'out',
    body,
    atMs: nowMs,
    position: nextPosition(conversation, nowMs),
    outgoing: { state: 'waiting', atMs: nowMs, times: { waitingAtMs: nowMs } },
    ...(tag ? { patientTag: tag } : {}),
    ...(answerByMs === undefined ? {} : { answerByMs }),
    ...(quote === undefined
      ? {}
      : { quote: { ...quote, excerpt: quote.excerpt.slice(0, contentLimits.excerptChars) } }),
  }
}

/** The turn is the message's position: entries of one conversation go in the order they were written. */
function enqueue(transaction: Transaction, message: MessageRecord): void {
  const content = draftOfMessage(message)
  if (content === undefined) throw new ClientError('internal')
  const { id: entryId, conversationId, position: turn } = message
  const entry = { entryId, conversationId, item: { kind: 'message' as const, content }, turn }
  transaction.put('outbox', entryId, entry, { group: conversationId, order: turn })
}

/** For a message that failed or expired. It keeps its id, so that whoever had it after all shows it once. */
export async function retryMessage(context: WritingContext, messageId: MessageId): Promise<void> {
  await context.store.transact(async (transaction) => {
    const message = await transaction.get('messages', messageId)
    const state = message?.outgoing?.state
    if (message === undefined || (state !== 'failed' && state !== 'expired')) return
    if ((await transaction.get('outbox', messageId)) === undefined) {
      enqueue(transaction, state === 'expired' ? withoutAttachment(message) : message)
    }
    const entry = await transaction.get('outbox', messageId)
    if (entry !== undefined) await waitAgain(transaction, entry, context.nowMs())
  })
}

/** After so long the relay may have forgotten the photo: it is uploaded anew. */
function withoutAttachment(message: MessageRecord): MessageRecord {
  if (message.body.kind !== 'photo' || !message.body.here) return message
  const { attachment: _, ...body } = message.body
  return { ...message, body }
}

/** False when it had gone, or may have: sealed bytes are never taken back. */
export async function cancelMessage(context: WritingContext, messageId: MessageId): Promise<boolean> {
  const before = await context.store.get('messages', messageId)
  if (before === undefined) return false
  const latest = await latestShown(context.store, before)
  return context.store.transact(async (transaction) => {
    const entry = await transaction.get('outbox', messageId)
    if (entry === undefined || entry.sealed !== undefined) return false
    const { conversationId } = entry
    for (const table of ['outbox', 'uploads', 'photos', 'messages'] as const) {
      transaction.remove(table, messageId, conversationId)
    }
    const conversation = await transaction.get('conversations', conversationId)
    if (conversation === undefined) return true
    const unansweredIds = conversation.unansweredIds.filter((id) => id !== messageId)
    saveConversation(transaction, { ...withoutLast(conversation, messageId, latest), unansweredIds })
    return true
  })
}
