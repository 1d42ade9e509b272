/**
 * What is written down once the relay has answered for an entry, or once it cannot be sent: the entry's end and the
 * state the person sees, in one transaction. Not concerned with talking to the relay.
 */
import type { DeviceMismatch } from '@pli/protocol/wire'
import type { SendFailureCode } from '../api.ts'
import { advance, saveConversation, saveMessage } from '../messenger/conversation-log.ts'
import { sessionKey, unlessDamaged } from '../sessions/staged-stores.ts'
import { freeTimedKey } from '../sessions/timed-keys.ts'
import type { Transaction } from '../store/record-store.ts'
import type { OutboxItem, OutboxRecord, SealedSubmission, SubmissionRecord } from './outbox-records.ts'

/** The relay has it: the entry ends, the message is relayed, and what is needed to send it again is remembered. */
export async function settleRelayed(
  transaction: Transaction,
  entry: OutboxRecord,
  sealed: SealedSubmission,
  receivedAtMs: number,
): Promise<void> {
  const { conversationId, item } = entry
  transaction.remove('outbox', entry.entryId, conversationId)
  await rememberSubmission(transaction, entry, sealed, receivedAtMs)
  if (item.kind !== 'message') return
  const message = await transaction.get('messages', item.content.id)
  const conversation = await transaction.get('conversations', conversationId)
  if (message === undefined || conversation === undefined) return
  transaction.put(
    'undelivered',
    message.id,
    { conversationId, idempotencyKey: sealed.idempotencyKey },
    { order: receivedAtMs, group: conversationId },
  )
  saveConversation(transaction, advance(transaction, conversation, message, 'relayed', receivedAtMs))
}

async function rememberSubmission(
  transaction: Transaction,
  entry: OutboxRecord,
  sealed: SealedSubmission,
  receivedAtMs: number,
): Promise<void> {
  const sent = whatToResend(entry.item)
  if (sent === undefined) return
  const { conversationId } = entry
  transaction.put(
    'submissions',
    await freeTimedKey(transaction, 'submissions', conversationId, receivedAtMs),
    {
      ...sent,
      conversationId,
      receivedAtMs,
      devices: sealed.envelopes.map(({ deviceId, registrationId }) => ({ deviceId, registrationId })),
      identityKey: sealed.identityKey,
    },
    { group: conversationId, order: receivedAtMs },
  )
}

function whatToResend(
  item: OutboxItem,
): Pick<SubmissionRecord, 'messageId' | 'receipt' | 'resent' | 'origin'> | undefined {
  if (item.kind === 'retry_request') return undefined
  const count = { resent: 0, ...(item.kind === 'resend' ? { origin: item.origin } : {}) }
  return item.content.kind === 'receipt'
    ? { receipt: item.content, ...count }
    : { messageId: item.content.id, ...count }
}

/** It cannot be sent as things are. A message says so and waits for the person; anything else is given up. */
export async function settleFailed(
  transaction: Transaction,
  entry: OutboxRecord,
  failed: SendFailureCode,
  nowMs: number,
): Promise<void> {
  const { entryId, conversationId, item, turn } = entry
  if (item.kind !== 'message') return transaction.remove('outbox', entryId, conversationId)
  const { sealed: _, ...unsealed } = entry
  transaction.put('outbox', entryId, { ...unsealed, failed }, { group: conversationId, order: turn })
  const message = await transaction.get('messages', item.content.id)
  const conversation = await transaction.get('conversations', conversationId)
  if (message?.outgoing === undefined || conversation === undefined) return
  const outgoing = { ...message.outgoing, state: 'failed' as const, failure: failed, atMs: nowMs }
  saveConversation(transaction, saveMessage(transaction, conversation, { ...message, outgoing }))
}

/** The relay refused these very bytes for certain: they are thrown away and sealed anew for the right devices. */
export async function settleMismatch(
  transaction: Transaction,
  entry: OutboxRecord,
  mismatch: DeviceMismatch,
  archive: (record: Uint8Array) => Uint8Array,
): Promise<void> {
  const { conversationId } = entry
  unseal(transaction, entry)
  const conversation = await transaction.get('conversations', conversationId)
  if (conversation === undefined) return
  // Archived and not thrown away: what was encrypted in it and is on its way can still be read.
  for (const deviceId of [...mismatch.extra, ...mismatch.stale]) {
    const key = sessionKey({ serviceId: conversationId, deviceId })
    const session = await unlessDamaged(transaction.get('sessions', key))
    if (session !== undefined) {
      transaction.put('sessions', key, { record: archive(session.record) }, { group: conversationId })
    }
  }
  // Empty: the account is asked for anew, and with it the registration ids of the stale.
  saveConversation(transaction, { ...conversation, devices: [] })
}

/** Takes the sealed bytes away, so that the entry is sealed again under another idempotency key. */
export function unseal(transaction: Transaction, entry: OutboxRecord): void {
  const { sealed: _, ...unsealed } = entry
  transaction.put('outbox', entry.entryId, unsealed, { group: entry.conversationId, order: entry.turn })
}
