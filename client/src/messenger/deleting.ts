/**
 * Deleting for me: hidden at once, erased after a while unless restored; also when the tab is closed meanwhile.
 * What has been sent stays sent. Not concerned with the other person's copy.
 */
import type { MessageId } from '@pli/protocol/content'
import type { MessengerContext } from '../accounts/messenger-context.ts'
import type { Transaction } from '../store/record-store.ts'
import { saveConversation, saveMessage } from './conversation-log.ts'
import { latestShown, withoutLast } from './conversation-tail.ts'
import type { MessageRecord } from './records.ts'

export const UNDO_MS = 8_000
type DeletingContext = Pick<MessengerContext, 'store' | 'nowMs'>

export async function hideMessage(context: DeletingContext, messageId: MessageId): Promise<void> {
  await changeHidden(context, messageId, (transaction, { hidden: _, ...message }) => {
    const { id, conversationId } = message
    const eraseAtMs = context.nowMs() + UNDO_MS
    transaction.put('deletions', id, { conversationId }, { order: eraseAtMs, group: conversationId })
    return { ...message, hidden: true }
  })
}

export async function restoreMessage(context: DeletingContext, messageId: MessageId): Promise<void> {
  await changeHidden(context, messageId, (transaction, { hidden: _, ...message }) => {
    transaction.remove('deletions', message.id, message.conversationId)
    return message
  })
}

async function changeHidden(
  { store }: DeletingContext,
  messageId: MessageId,
  change: (transaction: Transaction, message: MessageRecord) => MessageRecord,
): Promise<void> {
  const before = await store.get('messages', messageId)
  if (before === undefined) return
  const latest = await latestShown(store, before)
  await store.transact(async (transaction) => {
    const message = await transaction.get('messages', messageId)
    const conversation = message && (await transaction.get('conversations', message.conversationId))
    if (message === undefined || conversation === undefined) return
    const changed = change(transaction, message)
    const summed = saveMessage(transaction, withoutLast(conversation, messageId, latest), changed)
    saveConversation(transaction, {
      ...summed,
      unreadIds:
        changed.hidden === true ? summed.unreadIds.filter((id) => id !== messageId) : summed.unreadIds,
    })
  })
}

/** Erases what has been hidden long enough. Returns when the next one is due. */
export async function eraseDue({ store, nowMs }: DeletingContext): Promise<number | undefined> {
  const now = nowMs()
  for (const { key } of await store.list('deletions', { beforeOrder: now + 1, limit: 100 })) {
    await store.transact(async (transaction) => erase(transaction, key, now))
  }
  return (await store.list('deletions', { limit: 1 }))[0]?.order
}

async function erase(transaction: Transaction, key: string, nowMs: number): Promise<void> {
  const deletion = await transaction.get('deletions', key)
  if (deletion === undefined) return
  const { conversationId } = deletion
  for (const table of ['messages', 'photos', 'deletions'] as const) {
    transaction.remove(table, key, conversationId)
  }
  transaction.put('erasedMessages', key, { conversationId, erasedAtMs: nowMs }, { order: nowMs })
}
