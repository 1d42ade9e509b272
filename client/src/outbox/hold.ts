/**
 * A changed identity key stops a conversation: what the person wrote says so and waits for their decision.
 * Source: design/security.md, "Keys and sessions".
 */
import type { AccountId } from '@pli/protocol/wire'
import type { MessengerContext } from '../accounts/messenger-context.ts'
import { saveConversation, saveMessage } from '../messenger/conversation-log.ts'
import type { Transaction } from '../store/record-store.ts'
import type { OutboxRecord } from './outbox-records.ts'
import { settleFailed } from './settle.ts'

type HoldContext = Pick<MessengerContext, 'store' | 'nowMs'>

/** Every letter that waits fails with `identity_changed`, in one commit. */
export async function holdWritten(context: HoldContext, conversationId: AccountId): Promise<void> {
  const rows = await context.store.list('outbox', { group: conversationId })
  const ids = rows.filter(({ value }) => isWaitingLetter(value)).map((row) => row.key)
  await context.store.transact(async (transaction) => {
    for (const id of ids) {
      const entry = await transaction.get('outbox', id)
      if (entry === undefined || !isWaitingLetter(entry)) continue
      await settleFailed(transaction, entry, 'identity_changed', context.nowMs())
    }
  })
}

/** The person decided to go on: what was held waits for its turn again. */
export async function releaseWritten(context: HoldContext, conversationId: AccountId): Promise<void> {
  const rows = await context.store.list('outbox', { group: conversationId })
  await context.store.transact(async (transaction) => {
    for (const { key } of rows) {
      const entry = await transaction.get('outbox', key)
      if (entry?.failed === 'identity_changed') await waitAgain(transaction, entry, context.nowMs())
    }
  })
}

/** A failed entry waits for its turn again; its message says so. */
export async function waitAgain(transaction: Transaction, entry: OutboxRecord, nowMs: number): Promise<void> {
  const { failed: _, sealed: __, ...waiting } = entry
  const { conversationId, item } = entry
  transaction.put('outbox', entry.entryId, waiting, { group: conversationId, order: entry.turn })
  if (item.kind !== 'message') return
  const message = await transaction.get('messages', item.content.id)
  const conversation = await transaction.get('conversations', conversationId)
  if (message?.outgoing === undefined || conversation === undefined) return
  const { failure: ___, ...outgoing } = message.outgoing
  const changed = { ...message, outgoing: { ...outgoing, state: 'waiting' as const, atMs: nowMs } }
  saveConversation(transaction, saveMessage(transaction, conversation, changed))
}

function isWaitingLetter(entry: OutboxRecord): boolean {
  return entry.item.kind === 'message' && entry.failed === undefined
}
