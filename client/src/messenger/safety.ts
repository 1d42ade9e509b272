/**
 * Safety numbers, and the person's decisions about identity keys.
 * Source: design/security.md, "Keys and sessions". Not concerned with drawing or scanning the QR.
 */
import type { MessengerContext } from '../accounts/messenger-context.ts'
import type { ConversationId, SafetyNumber } from '../api.ts'
import { ClientError } from '../errors.ts'
import { releaseWritten } from '../outbox/hold.ts'
import { sameBytes } from '../sessions/same-bytes.ts'
import type { RecordStore } from '../store/record-store.ts'
import { saveConversation } from './conversation-log.ts'

type SafetyContext = Pick<MessengerContext, 'store' | 'engine' | 'identity' | 'device' | 'nowMs'>

/**
 * Whose number the person saw last, by conversation: what they then decide is about that key. A relay that exchanges it
 * between their looking and their deciding gets no decision.
 */
const seen = new WeakMap<RecordStore, Map<ConversationId, Uint8Array>>()

function noteSeen(store: RecordStore, conversationId: ConversationId, key: Uint8Array): void {
  const keys = seen.get(store) ?? new Map<ConversationId, Uint8Array>()
  seen.set(store, keys.set(conversationId, key))
}

/** Whether the number seen last, if any, is of one of these keys. */
function requireSeen(store: RecordStore, conversationId: ConversationId, ...keys: Uint8Array[]): void {
  const last = seen.get(store)?.get(conversationId)
  if (last !== undefined && !keys.some((key) => sameBytes(last, key)))
    throw new ClientError('identity_changed')
}

/** Of the key that a decision is about: the changed one, when there is one. */
export async function safetyNumber(
  context: SafetyContext,
  conversationId: ConversationId,
): Promise<SafetyNumber> {
  const known = await context.store.get('identities', conversationId)
  if (known === undefined) throw new ClientError('not_found')
  const identityKey = known.pending ?? known.accepted
  const { digits, scannable } = await context.engine.safetyNumber(
    { accountId: context.device.accountId, identityKey: context.identity.publicKey },
    { accountId: conversationId, identityKey },
  )
  noteSeen(context.store, conversationId, identityKey)
  return { digits, scannable, verified: known.verified && known.pending === undefined }
}

export async function compareScanned(
  context: SafetyContext,
  conversationId: ConversationId,
  scanned: Uint8Array,
): Promise<boolean> {
  const { scannable } = await safetyNumber(context, conversationId)
  const result = context.engine.compareSafetyNumber(scannable, scanned)
  if (result === 'unreadable') throw new ClientError('safety_number_unreadable')
  if (result === 'version') throw new ClientError('safety_number_version')
  return result === 'match'
}

/** Throws `identity_changed` while a changed key is undecided, and when the number seen last is another key's. */
export async function setVerified(
  { store }: SafetyContext,
  conversationId: ConversationId,
  verified: boolean,
): Promise<void> {
  await store.transact(async (transaction) => {
    const known = await transaction.get('identities', conversationId)
    if (known === undefined) throw new ClientError('not_found')
    if (known.pending !== undefined) throw new ClientError('identity_changed')
    if (verified) requireSeen(store, conversationId, known.accepted)
    transaction.put('identities', conversationId, { ...known, verified }, { group: conversationId })
  })
}

/**
 * From here on the changed key is the one; what was held goes, and the devices are asked for anew. Throws
 * `identity_changed` when the number seen last is of yet another key: look again.
 */
export async function acceptIdentity(context: SafetyContext, conversationId: ConversationId): Promise<void> {
  await context.store.transact(async (transaction) => {
    const known = await transaction.get('identities', conversationId)
    const conversation = await transaction.get('conversations', conversationId)
    if (known?.pending === undefined || conversation === undefined) return
    // Who looked at the old number only decides without comparing, which they may.
    requireSeen(context.store, conversationId, known.pending, known.accepted)
    const accepted = { accepted: known.pending, verified: false }
    transaction.put('identities', conversationId, accepted, { group: conversationId })
    saveConversation(transaction, { ...conversation, devices: [] })
  })
  await releaseWritten(context, conversationId)
}
