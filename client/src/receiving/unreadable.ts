/**
 * A place for what came from a known sender and could not be read, and the request to send it again.
 * At most three requests for one envelope; at most a hundred places in one conversation and a hundred envelopes asked
 * for at a time (a batch more at the edge), so that nobody fills the screen, the store or the outbox.
 * Source: design/security.md, "Keys and sessions"; libsignal's DecryptionErrorMessage.
 */
import type { MessageId } from '@pli/protocol/content'
import type { AccountId } from '@pli/protocol/wire'
import { addIncoming, nextPosition, saveConversation, saveMessage } from '../messenger/conversation-log.ts'
import type { MessageRecord } from '../messenger/records.ts'
import { freeTimedKey, timedKeys } from '../sessions/timed-keys.ts'
import type { RecordStore, Transaction } from '../store/record-store.ts'
import type { UnreadableRecord } from './receiving-records.ts'
import type { TakeInContext, TakenIn } from './taken-in.ts'
import type { FirstLook } from './unseal-envelope.ts'

export const MAX_REQUESTS = 3
export const MAX_PLACES = 100
const MAX_ASKED_AT_A_TIME = 100
type Recognised = Extract<FirstLook, { unsealed: unknown }>

/** Whether few enough of a sender's envelopes are being asked for already. */
export async function mayAskAgain(store: RecordStore, sender: AccountId): Promise<boolean> {
  return (await store.count('unreadable', sender)) < MAX_ASKED_AT_A_TIME
}

export async function keepUnreadable(
  context: TakeInContext,
  transaction: Transaction,
  look: Recognised,
  { askAgain }: { askAgain: boolean },
): Promise<TakenIn> {
  const { envelope, unsealed, sender } = look
  const conversation = await transaction.get('conversations', sender)
  if (conversation === undefined) return 'dropped'
  if (conversation.blocked) return 'blocked'
  const nowMs = context.nowMs()
  const request = askAgain ? context.engine.buildRetryRequest(unsealed, envelope.receivedAtMs) : undefined
  // A receipt that cannot be read leaves no gap that the person would miss; the session is still to be mended.
  const showsPlace = unsealed.contentHint !== 'implicit' && conversation.unreadable < MAX_PLACES
  const placeholderId = crypto.randomUUID() as MessageId
  if (showsPlace) {
    await addIncoming(transaction, conversation, {
      id: placeholderId,
      conversationId: sender,
      direction: 'in',
      body: { kind: 'unreadable', ...(request === undefined ? {} : { sentAgainAskedAtMs: nowMs }) },
      atMs: envelope.receivedAtMs,
      position: nextPosition(conversation, nowMs),
    })
  }
  if (request === undefined) return 'unreadable'
  const record: UnreadableRecord = {
    conversationId: sender,
    ...(showsPlace ? { placeholderId } : {}),
    receivedAtMs: envelope.receivedAtMs,
    request,
    asked: 0,
    askedAtMs: nowMs,
  }
  const key = await freeTimedKey(transaction, 'unreadable', sender, envelope.receivedAtMs)
  ask(transaction, key, record, nowMs)
  return 'unreadable'
}

/** Puts a request into the outbox, and counts it. */
export function ask(transaction: Transaction, key: string, record: UnreadableRecord, nowMs: number): void {
  const { conversationId, request } = record
  if (request === undefined || record.asked >= MAX_REQUESTS) return
  const entryId = crypto.randomUUID()
  transaction.put(
    'outbox',
    entryId,
    { entryId, conversationId, item: { kind: 'retry_request', request }, turn: nowMs },
    { group: conversationId, order: nowMs },
  )
  transaction.put(
    'unreadable',
    key,
    { ...record, asked: record.asked + 1, askedAtMs: nowMs },
    { group: conversationId, order: record.receivedAtMs },
  )
}

/** Asks again for one that never came. */
export async function askAgain(transaction: Transaction, key: string, nowMs: number): Promise<void> {
  const record = await transaction.get('unreadable', key)
  if (record === undefined) return
  ask(transaction, key, record, nowMs)
  const { placeholderId, conversationId } = record
  if (placeholderId === undefined) return
  const placeholder = await transaction.get('messages', placeholderId)
  const conversation = await transaction.get('conversations', conversationId)
  if (placeholder?.body.kind !== 'unreadable' || conversation === undefined) return
  const body = { ...placeholder.body, sentAgainAskedAtMs: nowMs }
  saveConversation(transaction, saveMessage(transaction, conversation, { ...placeholder, body }))
}

/** The place of what comes again now; it is asked for no more. */
export async function takeUnreadable(
  transaction: Transaction,
  conversationId: AccountId,
  receivedAtMs: number,
): Promise<MessageRecord | undefined> {
  for (const key of timedKeys(conversationId, receivedAtMs)) {
    const record = await transaction.get('unreadable', key)
    if (record === undefined) continue
    transaction.remove('unreadable', key, conversationId)
    const { placeholderId } = record
    return placeholderId === undefined ? undefined : transaction.get('messages', placeholderId)
  }
  return undefined
}
