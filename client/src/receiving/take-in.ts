/**
 * What an opened envelope does to this device: a message shown once, a receipt applied, a retry request heard, or a
 * place kept for what could not be read. Everything here happens in the transaction that also steps the ratchet.
 * Not concerned with acknowledging to the relay: that follows the commit.
 */
import { type Content, decodeContent, type MessageId, type WrittenContent } from '@pli/protocol/content'
import type { AccountId } from '@pli/protocol/wire'
import { isHarmlessPreview } from '../attachments/check-picture.ts'
import { addIncoming, applyReceipt, dropPlaceholder, nextPosition } from '../messenger/conversation-log.ts'
import type { ConversationRecord, MessageRecord, StoredBody } from '../messenger/records.ts'
import { noteReceipt } from '../outbox/pending-receipts.ts'
import { isCalendarTime } from '../relay/calendar-time.ts'
import { createStagedStores } from '../sessions/staged-stores.ts'
import type { Transaction } from '../store/record-store.ts'
import { hearRetryRequest } from './hear-retry-request.ts'
import type { TakeInContext, TakenIn } from './taken-in.ts'
import { keepUnreadable, MAX_PLACES, takeUnreadable } from './unreadable.ts'
import { type Envelope, type FirstLook, harmless } from './unseal-envelope.ts'

type Recognised = Extract<FirstLook, { unsealed: unknown }>

/** `transaction` is an overlay: the caller throws it away unless this returns. */
export async function takeIn(
  context: TakeInContext,
  transaction: Transaction,
  look: Recognised,
): Promise<TakenIn> {
  const { envelope, unsealed, sender } = look
  const conversation = await transaction.get('conversations', sender)
  if (conversation === undefined) return 'dropped'
  if (look.kind === 'foreign_key') return keepUnreadable(context, transaction, look, { askAgain: false })
  if (unsealed.messageType === 8) return hearRetryRequest(context, transaction, look)
  if (context.patience.isSpent(sender)) return 'undecryptable'
  const startedAtMs = performance.now()
  const opened = await decrypt(context, transaction, unsealed)
  context.patience.note(sender, performance.now() - startedAtMs, opened.ok)
  if (!opened.ok) return opened.reason === 'duplicate' ? 'duplicate' : 'undecryptable'
  if (conversation.blocked) return 'blocked'
  return takeInContent(context, transaction, conversation, envelope, opened.value)
}

function decrypt(
  { device, identity, engine, nowMs }: TakeInContext,
  transaction: Transaction,
  unsealed: Recognised['unsealed'],
) {
  const sealedBy = unsealed.senderIdentityKey
  const stores = createStagedStores({ transaction, identity, sealedBy, nowMs: nowMs() })
  const local = { serviceId: device.accountId, deviceId: device.deviceId }
  return harmless(engine.decrypt(unsealed, { local, stores }))
}

async function takeInContent(
  context: TakeInContext,
  transaction: Transaction,
  conversation: ConversationRecord,
  envelope: Envelope,
  plaintext: Uint8Array,
): Promise<TakenIn> {
  const decoded = decodeContent(plaintext)
  if (decoded.ok) return takeInKnown(context, transaction, conversation, envelope, decoded.content)
  const id = decoded.reason === 'unsupported' ? decoded.id : newId()
  const body: StoredBody = decoded.reason === 'unsupported' ? { kind: 'unsupported' } : { kind: 'unreadable' }
  return show(
    context,
    transaction,
    conversation,
    envelope,
    { id, body },
    decoded.reason === 'unsupported' ? decoded : {},
  )
}

async function takeInKnown(
  context: TakeInContext,
  transaction: Transaction,
  conversation: ConversationRecord,
  envelope: Envelope,
  content: Content,
): Promise<TakenIn> {
  if (content.kind !== 'receipt') {
    return show(context, transaction, conversation, envelope, fieldsOf(content), content)
  }
  if (content.resentForMs !== undefined) {
    await takeUnreadable(transaction, conversation.conversationId, content.resentForMs)
  }
  await applyReceipt(transaction, conversation, content, envelope.receivedAtMs)
  return 'receipt'
}

type Fields = Pick<MessageRecord, 'id' | 'body'> & Partial<MessageRecord>

/** Exactly once: by the sender's account and the message's id. */
async function show(
  context: TakeInContext,
  transaction: Transaction,
  conversation: ConversationRecord,
  envelope: Envelope,
  fields: Fields,
  { sentAtMs, resentForMs }: Pick<Partial<Content>, 'sentAtMs' | 'resentForMs'>,
): Promise<TakenIn> {
  const { conversationId } = conversation
  const id = await freeId(transaction, conversationId, fields.id)
  const placeholder =
    resentForMs === undefined ? undefined : await takeUnreadable(transaction, conversationId, resentForMs)
  if (id === undefined) {
    if (placeholder !== undefined) dropPlaceholder(transaction, conversation, placeholder.id)
    await noteReceipt(transaction, conversationId, 'delivered', [fields.id])
    return 'duplicate'
  }
  const message: MessageRecord = {
    ...fields,
    id,
    // An id that was taken is a trick: what came under it is not shown as what it claims to be.
    body: id === fields.id ? fields.body : { kind: 'unreadable' },
    conversationId,
    direction: 'in',
    atMs: placeholder?.atMs ?? envelope.receivedAtMs,
    position: placeholder?.position ?? nextPosition(conversation, context.nowMs()),
  }
  if (message.body.kind === 'unreadable' && conversation.unreadable >= MAX_PLACES) return 'dropped'
  await addIncoming(transaction, conversation, message, {
    replaces: placeholder?.id,
    writtenAtTheirMs: sentAtMs,
  })
  if (message.body.kind === 'unreadable') return 'unreadable'
  await noteReceipt(transaction, conversationId, 'delivered', [id])
  return 'shown'
}

/** Undefined when this sender's message of that id is here already; another id when somebody else's is. */
async function freeId(
  transaction: Transaction,
  conversationId: AccountId,
  id: MessageId,
): Promise<MessageId | undefined> {
  const erased = await transaction.get('erasedMessages', id)
  const known = await transaction.get('messages', id)
  if (known === undefined && erased === undefined) return id
  const isTheirs = known?.conversationId === conversationId && known.direction === 'in'
  return isTheirs || erased?.conversationId === conversationId ? undefined : newId()
}

function newId(): MessageId {
  return crypto.randomUUID() as MessageId
}

function fieldsOf(content: WrittenContent): Fields {
  const { id, patientTag, answerByMs, quote } = content
  return {
    id,
    body: bodyOf(content),
    ...(patientTag === undefined ? {} : { patientTag }),
    ...(answerByMs === undefined || !isCalendarTime(answerByMs) ? {} : { answerByMs }),
    ...(quote === undefined ? {} : { quote }),
  }
}

function bodyOf(content: WrittenContent): StoredBody {
  if (content.kind === 'text') return { kind: 'text', text: content.text }
  const { width, height, caption, preview, attachment } = content
  return {
    kind: 'photo',
    width,
    height,
    bytes: attachment.plaintextBytes,
    attachment,
    here: false,
    ...(caption === undefined ? {} : { caption }),
    ...(preview === undefined || !isHarmlessPreview(preview) ? {} : { preview }),
  }
}
