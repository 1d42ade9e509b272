/**
 * Whose key is whose: pins the first identity key of an account, and holds a changed one until the person decides.
 * Source: design/security.md, "Keys and sessions". Not concerned with comparing safety numbers.
 */
import type { MessageId } from '@pli/protocol/content'
import type { AccountId, PublicAccount } from '@pli/protocol/wire'
import { addNote, newConversation, nextPosition, saveConversation } from '../messenger/conversation-log.ts'
import type { RecordStore, Transaction } from '../store/record-store.ts'
import { sameBytes } from './same-bytes.ts'

/** `new` is an account never met before; `changed` waits for the person's decision. */
export type Standing = 'new' | 'accepted' | 'changed'

export async function standingOf(
  transaction: Pick<Transaction, 'get'>,
  accountId: AccountId,
  identityKey: Uint8Array,
): Promise<Standing | 'unknown_key'> {
  const known = await transaction.get('identities', accountId)
  if (known === undefined) return 'new'
  if (sameBytes(known.accepted, identityKey)) return 'accepted'
  return known.pending !== undefined && sameBytes(known.pending, identityKey) ? 'changed' : 'unknown_key'
}

/**
 * The key (33 bytes) of whoever else was this person to us: an account never met that claims to be somebody we know is
 * a changed key of theirs. Undefined when there is no such account, or this one is known.
 */
export async function earlierKeyOf(
  store: RecordStore,
  { accountId, person }: PublicAccount,
): Promise<Uint8Array | undefined> {
  if ((await store.get('identities', accountId)) !== undefined) return undefined
  for (const { key, value } of await store.list('conversations')) {
    if (key === accountId || value.person.personId !== person.personId) continue
    const identity = await store.get('identities', key)
    if (identity !== undefined) return identity.accepted
  }
  return undefined
}

/**
 * What the relay says of an account now: pins it, refreshes it, or notes that its key is another. Whose account it is
 * was settled when it was first met: a relay that later gives it to another person is not followed.
 * `earlierKey`: of `earlierKeyOf`.
 */
export async function meetAccount(
  transaction: Transaction,
  account: PublicAccount,
  nowMs: number,
  earlierKey?: Uint8Array,
): Promise<Standing> {
  const { accountId, identityKey } = account
  const known = await transaction.get('conversations', accountId)
  const isSamePerson = known === undefined || known.person.personId === account.person.personId
  const conversation = {
    ...(known ?? newConversation(accountId, account.person, account.proof, nowMs)),
    ...(isSamePerson ? { person: account.person, proof: account.proof } : {}),
    devices: account.devices,
  }
  saveConversation(transaction, conversation)
  const standing = await standingOf(transaction, accountId, identityKey)
  if (standing === 'new') {
    const accepted = earlierKey ?? identityKey
    transaction.put('identities', accountId, { accepted, verified: false }, { group: accountId })
    if (sameBytes(accepted, identityKey)) return standing
    await noteChangedIdentity(transaction, accountId, identityKey, nowMs)
    return 'changed'
  }
  if (standing === 'unknown_key') await noteChangedIdentity(transaction, accountId, identityKey, nowMs)
  return standing === 'unknown_key' ? 'changed' : standing
}

/** Holds a changed key and says so in the conversation. Nothing is sent from here on until it is accepted. */
export async function noteChangedIdentity(
  transaction: Transaction,
  accountId: AccountId,
  identityKey: Uint8Array,
  nowMs: number,
): Promise<void> {
  const known = await transaction.get('identities', accountId)
  const conversation = await transaction.get('conversations', accountId)
  if (known === undefined || conversation === undefined) return
  transaction.put('identities', accountId, { ...known, pending: identityKey }, { group: accountId })
  // One note for one decision, however often the key changes until then.
  if (known.pending !== undefined) return
  addNote(transaction, conversation, {
    // Drawn here: a note is this device's own.
    id: crypto.randomUUID() as MessageId,
    conversationId: accountId,
    direction: 'note',
    body: { kind: 'identity_changed' },
    atMs: nowMs,
    position: nextPosition(conversation, nowMs),
  })
}
