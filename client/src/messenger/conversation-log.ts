/**
 * How a conversation changes when something is written, arrives, or is heard of: the message and the summary that
 * the inbox shows, always in one transaction. Not concerned with encryption, nor with what is sent when.
 */
import type { MessageId, Receipt } from '@pli/protocol/content'
import type { AccountId, DirectoryPerson, Proof } from '@pli/protocol/wire'
import type { Transaction } from '../store/record-store.ts'
import { type ConversationRecord, MAX_TRACKED, type MessageRecord } from './records.ts'

const MAX_DEADLINES = 20
const POSITIONS_PER_MS = 1000

export function newConversation(
  conversationId: AccountId,
  person: DirectoryPerson,
  proof: Proof,
  nowMs: number,
): ConversationRecord {
  return {
    conversationId,
    person,
    proof,
    blocked: false,
    devices: [],
    lastPosition: 0,
    unreadIds: [],
    unansweredIds: [],
    toAnswer: false,
    answerByMs: [],
    unreadable: 0,
    latestAtMs: nowMs,
  }
}

export function saveConversation(transaction: Transaction, conversation: ConversationRecord): void {
  const { conversationId } = conversation
  transaction.put('conversations', conversationId, conversation, { group: conversationId })
}

/** Stores a message, new or changed, and returns its conversation with the summary that follows. */
export function saveMessage(
  transaction: Transaction,
  conversation: ConversationRecord,
  message: MessageRecord,
): ConversationRecord {
  transaction.put('messages', message.id, message, {
    group: message.conversationId,
    order: message.position,
  })
  const { lastMessage } = conversation
  const isLast =
    lastMessage === undefined || lastMessage.id === message.id || message.position > lastMessage.position
  if (!isLast || message.hidden === true) return conversation
  return { ...conversation, lastMessage: withoutPreview(message) }
}

/** The inbox shows no pictures: its rows stay small. */
function withoutPreview(message: MessageRecord): MessageRecord {
  if (message.body.kind !== 'photo') return message
  const { preview: _, ...body } = message.body
  return { ...message, body }
}

/** Positions rise within a conversation, and follow the clock roughly across conversations. */
export function nextPosition(conversation: ConversationRecord, nowMs: number): number {
  return Math.max(conversation.lastPosition + 1, nowMs * POSITIONS_PER_MS)
}

/** Adds what the person wrote. */
export function addWritten(
  transaction: Transaction,
  conversation: ConversationRecord,
  message: MessageRecord,
): void {
  const changed = saveMessage(transaction, conversation, message)
  saveConversation(transaction, {
    ...changed,
    lastPosition: Math.max(changed.lastPosition, message.position),
    latestAtMs: message.atMs,
    toAnswer: false,
    answerByMs: [],
    unansweredIds: [...changed.unansweredIds, message.id].slice(-MAX_TRACKED),
  })
}

/**
 * Adds what came, at its own position or in the place of `replaces`. Ours that it answers become answered.
 * `writtenAtTheirMs`: the writer's clock.
 */
export async function addIncoming(
  transaction: Transaction,
  conversation: ConversationRecord,
  message: MessageRecord,
  {
    replaces,
    writtenAtTheirMs,
  }: { replaces?: MessageId | undefined; writtenAtTheirMs?: number | undefined } = {},
): Promise<void> {
  const { body } = message
  const isWritten = body.kind === 'text' || body.kind === 'photo' || body.kind === 'unsupported'
  const answered = isWritten
    ? await markAnswered(transaction, conversation, message, writtenAtTheirMs)
    : conversation
  const changed = saveMessage(transaction, withoutPlaceholder(transaction, answered, replaces), message)
  const deadline = message.answerByMs === undefined ? [] : [message.answerByMs]
  saveConversation(transaction, {
    ...changed,
    lastPosition: Math.max(changed.lastPosition, message.position),
    latestAtMs: Math.max(changed.latestAtMs, message.atMs),
    toAnswer: isWritten ? true : changed.toAnswer,
    answerByMs: [...changed.answerByMs, ...deadline].slice(-MAX_DEADLINES),
    unreadIds: [...changed.unreadIds, message.id].slice(-MAX_TRACKED),
    unreadable: changed.unreadable + (body.kind === 'unreadable' ? 1 : 0),
  })
}

/** A note of the messenger's own, such as that the identity key changed. */
export function addNote(
  transaction: Transaction,
  conversation: ConversationRecord,
  message: MessageRecord,
): void {
  const changed = saveMessage(transaction, conversation, message)
  saveConversation(transaction, {
    ...changed,
    lastPosition: Math.max(changed.lastPosition, message.position),
    latestAtMs: Math.max(changed.latestAtMs, message.atMs),
  })
}

/** A place that was kept is needed no more: what belongs there stands elsewhere already. */
export function dropPlaceholder(
  transaction: Transaction,
  conversation: ConversationRecord,
  placeholderId: MessageId,
): void {
  saveConversation(transaction, withoutPlaceholder(transaction, conversation, placeholderId))
}

function withoutPlaceholder(
  transaction: Transaction,
  conversation: ConversationRecord,
  placeholderId: MessageId | undefined,
): ConversationRecord {
  if (placeholderId === undefined) return conversation
  transaction.remove('messages', placeholderId, conversation.conversationId)
  const { lastMessage, ...rest } = conversation
  return {
    ...rest,
    ...(lastMessage === undefined || lastMessage.id === placeholderId ? {} : { lastMessage }),
    unreadIds: conversation.unreadIds.filter((id) => id !== placeholderId),
    unreadable: Math.max(0, conversation.unreadable - 1),
  }
}

/**
 * They wrote after it was on their device, quoting it or simply next. What they wrote before and what only left their
 * device late answers nothing: both times are of their one clock.
 */
async function markAnswered(
  transaction: Transaction,
  conversation: ConversationRecord,
  incoming: MessageRecord,
  writtenAtTheirMs = Number.POSITIVE_INFINITY,
): Promise<ConversationRecord> {
  let changed = conversation
  const unanswered: MessageId[] = []
  for (const id of conversation.unansweredIds) {
    const message = await transaction.get('messages', id)
    const { state, onDeviceAtTheirMs = 0 } = message?.outgoing ?? {}
    if (message === undefined || state === 'answered') continue
    const cameNext = (state === 'delivered' || state === 'opened') && writtenAtTheirMs >= onDeviceAtTheirMs
    const wasThere = cameNext || incoming.quote?.messageId === id
    if (wasThere) changed = advance(transaction, changed, message, 'answered', incoming.atMs)
    else unanswered.push(id)
  }
  return { ...changed, unansweredIds: unanswered }
}

/** What a receipt says of our messages. One about somebody else's messages changes nothing. */
export async function applyReceipt(
  transaction: Transaction,
  conversation: ConversationRecord,
  receipt: Receipt,
  atMs: number,
): Promise<void> {
  let changed = conversation
  for (const id of receipt.messageIds) {
    const message = await transaction.get('messages', id)
    if (message?.conversationId !== conversation.conversationId) continue
    changed = advance(transaction, changed, message, receipt.state, atMs, receipt.sentAtMs)
  }
  if (changed !== conversation) saveConversation(transaction, changed)
}

export type Advance = 'relayed' | 'delivered' | 'opened' | 'answered' | 'expired'

const rank: Record<string, number> = {
  failed: 0,
  waiting: 0,
  relayed: 1,
  expired: 2,
  delivered: 3,
  opened: 4,
  answered: 5,
}
const timeOf = {
  relayed: 'relayedAtMs',
  delivered: 'deliveredAtMs',
  opened: 'openedAtMs',
  answered: 'answeredAtMs',
} as const

/**
 * Moves a message of ours forward, never back. Returns the conversation, the same one if nothing changed.
 * `theirMs`: their clock, where it is their receipt that says so.
 */
export function advance(
  transaction: Transaction,
  conversation: ConversationRecord,
  message: MessageRecord,
  state: Advance,
  atMs: number,
  theirMs?: number,
): ConversationRecord {
  const { outgoing } = message
  if (outgoing === undefined || (rank[state] ?? 0) <= (rank[outgoing.state] ?? 0)) return conversation
  const times = state === 'expired' ? outgoing.times : { ...outgoing.times, [timeOf[state]]: atMs }
  if (state !== 'relayed') transaction.remove('undelivered', message.id)
  const onDeviceAtTheirMs = outgoing.onDeviceAtTheirMs ?? theirMs
  const onDevice = onDeviceAtTheirMs === undefined ? {} : { onDeviceAtTheirMs }
  return saveMessage(transaction, conversation, { ...message, outgoing: { state, atMs, times, ...onDevice } })
}
