/**
 * A contact could not read something we sent: mend the session, and send that message again.
 * The session is archived only if the request names its ratchet key and this device; what is sent again goes only
 * to who it was first sent to, under an unchanged identity key, within 30 days, at most three times.
 * Source: design/security.md, "Keys and sessions". Not concerned with sending: the outbox does.
 */
import type { Content, MessageId } from '@pli/protocol/content'
import { type AccountId, limits } from '@pli/protocol/wire'
import type { RetryRequest } from '../engine/session-engine.ts'
import type { MessageRecord } from '../messenger/records.ts'
import { contentOfMessage } from '../outbox/content-of-message.ts'
import type { SubmissionRecord } from '../outbox/outbox-records.ts'
import { sameBytes } from '../sessions/same-bytes.ts'
import { sessionKey, unlessDamaged } from '../sessions/staged-stores.ts'
import { timedKeys } from '../sessions/timed-keys.ts'
import type { Transaction } from '../store/record-store.ts'
import type { TakeInContext, TakenIn } from './taken-in.ts'
import type { FirstLook } from './unseal-envelope.ts'

export const MAX_RESENDS = 3
type Recognised = Extract<FirstLook, { unsealed: unknown }>

export async function hearRetryRequest(
  context: TakeInContext,
  transaction: Transaction,
  { unsealed, sender }: Recognised,
): Promise<TakenIn> {
  const read = context.engine.readRetryRequest(unsealed)
  if (!read.ok) return 'dropped'
  const request = read.value
  // Meant for another device of this account.
  if (request.deviceId !== context.device.deviceId) return 'dropped'
  await archiveIfCurrent(context, transaction, unsealed.sender, request)
  const identity = await transaction.get('identities', sender)
  const unchanged = identity !== undefined && sameBytes(identity.accepted, unsealed.senderIdentityKey)
  if (unchanged) await resend(context, transaction, sender, unsealed.sender.deviceId, request.timestampMs)
  return 'retry_request'
}

async function archiveIfCurrent(
  { engine }: TakeInContext,
  transaction: Transaction,
  address: { serviceId: string; deviceId: number },
  { ratchetKey }: RetryRequest,
): Promise<void> {
  const key = sessionKey(address)
  const session = await unlessDamaged(transaction.get('sessions', key))
  if (session === undefined || ratchetKey === undefined) return
  if (!engine.ratchetKeyMatches(session.record, ratchetKey)) return
  const record = engine.archiveSession(session.record)
  transaction.put('sessions', key, { record }, { group: address.serviceId })
}

async function resend(
  context: TakeInContext,
  transaction: Transaction,
  conversationId: AccountId,
  deviceId: number,
  timestampMs: number,
): Promise<void> {
  const nowMs = context.nowMs()
  if (nowMs - timestampMs > limits.envelopeLifetimeMs) return
  for (const key of timedKeys(conversationId, timestampMs)) {
    const sent = await transaction.get('submissions', key)
    if (sent === undefined) continue
    // A copy may be asked for as well: all of them count as one message.
    const origin = sent.origin ?? key
    const first = await transaction.get('submissions', origin)
    if (first === undefined || first.resent >= MAX_RESENDS) continue
    if (!sent.devices.some((device) => device.deviceId === deviceId)) continue
    const content = await contentOf(transaction, sent)
    if (content === undefined) continue
    transaction.put(
      'submissions',
      origin,
      { ...first, resent: first.resent + 1 },
      { group: conversationId, order: first.receivedAtMs },
    )
    const entryId = crypto.randomUUID()
    const { devices, identityKey } = sent
    const item = {
      kind: 'resend' as const,
      content: { ...content, resentForMs: timestampMs },
      devices,
      identityKey,
      origin,
    }
    transaction.put(
      'outbox',
      entryId,
      { entryId, conversationId, item, turn: nowMs },
      { group: conversationId, order: nowMs },
    )
  }
}

async function contentOf(transaction: Transaction, sent: SubmissionRecord): Promise<Content | undefined> {
  if (sent.receipt !== undefined) return sent.receipt
  const message = await messageOf(transaction, sent.messageId)
  return message === undefined ? undefined : contentOfMessage(message)
}

async function messageOf(
  transaction: Transaction,
  id: MessageId | undefined,
): Promise<MessageRecord | undefined> {
  return id === undefined ? undefined : transaction.get('messages', id)
}
