/**
 * Receipts wait a moment and go together: collected per conversation, turned into outbox entries of at most a
 * hundred ids each. Not concerned with whether the person wants `opened` receipts sent.
 */
import { contentLimits, type MessageId, type Receipt } from '@pli/protocol/content'
import type { AccountId } from '@pli/protocol/wire'
import type { RecordStore, Transaction } from '../store/record-store.ts'
import type { OutboxRecord, PendingReceiptsRecord } from './outbox-records.ts'

/** More wait only if nothing could be sent for long: the oldest are given up. */
const MAX_PENDING = 2_000

export async function noteReceipt(
  transaction: Transaction,
  conversationId: AccountId,
  state: Receipt['state'],
  messageIds: readonly MessageId[],
): Promise<void> {
  if (messageIds.length === 0) return
  const { delivered, opened } = (await transaction.get('receiptsPending', conversationId)) ?? nothing
  const pending: PendingReceiptsRecord =
    state === 'opened'
      ? // What was opened was delivered: one receipt says both.
        { delivered: without(delivered, messageIds), opened: [...without(opened, messageIds), ...messageIds] }
      : { delivered: [...without(delivered, messageIds), ...messageIds], opened }
  transaction.put('receiptsPending', conversationId, bounded(pending), { group: conversationId })
}

const nothing: PendingReceiptsRecord = { delivered: [], opened: [] }

function without(ids: readonly MessageId[], taken: readonly MessageId[]): MessageId[] {
  return ids.filter((id) => !taken.includes(id))
}

function bounded({ delivered, opened }: PendingReceiptsRecord): PendingReceiptsRecord {
  return { delivered: delivered.slice(-MAX_PENDING), opened: opened.slice(-MAX_PENDING) }
}

/** Moves what waits into the outbox. */
export async function queueReceipts(
  store: RecordStore,
  conversationId: AccountId,
  nowMs: number,
): Promise<void> {
  if ((await store.get('receiptsPending', conversationId)) === undefined) return
  await store.transact(async (transaction) => {
    const pending = await transaction.get('receiptsPending', conversationId)
    if (pending === undefined) return
    transaction.remove('receiptsPending', conversationId, conversationId)
    for (const state of ['delivered', 'opened'] as const) {
      for (let at = 0; at < pending[state].length; at += contentLimits.receiptIds) {
        const entry = receiptEntry(
          conversationId,
          state,
          pending[state].slice(at, at + contentLimits.receiptIds),
          nowMs,
        )
        transaction.put('outbox', entry.entryId, entry, { group: conversationId, order: entry.turn })
      }
    }
  })
}

function receiptEntry(
  conversationId: AccountId,
  state: Receipt['state'],
  messageIds: MessageId[],
  nowMs: number,
): OutboxRecord {
  // A receipt has an id of its own, like everything that is sent.
  const id = crypto.randomUUID() as MessageId
  const content: Receipt = { v: 1, id, sentAtMs: nowMs, kind: 'receipt', state, messageIds }
  return { entryId: id, conversationId, item: { kind: 'receipt', content }, turn: nowMs }
}
