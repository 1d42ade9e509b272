/** Beginning, opening and blocking conversations. Works in a tab that only follows. */
import type { PersonId } from '@pli/protocol/wire'
import type { MessengerContext } from '../accounts/messenger-context.ts'
import type { ConversationId, MessageView } from '../api.ts'
import { ClientError } from '../errors.ts'
import { noteReceipt } from '../outbox/pending-receipts.ts'
import { earlierKeyOf, meetAccount } from '../sessions/remote-identities.ts'
import { readSettings } from '../settings/settings.ts'
import { saveConversation } from './conversation-log.ts'

type OpeningContext = Pick<MessengerContext, 'store' | 'relay' | 'device' | 'nowMs'>

/** Pins the identity key at first sight. Throws `not_reachable`, `offline`. */
export async function openConversation(context: OpeningContext, personId: PersonId): Promise<ConversationId> {
  const { store, relay, device, nowMs } = context
  const accountId = await accountOf(context, personId)
  if (accountId === undefined || accountId === device.accountId) throw new ClientError('not_reachable')
  if ((await store.get('conversations', accountId)) !== undefined) return accountId
  const account = await relay.publicAccount(device.deviceToken, accountId)
  if (account.person.personId !== personId) throw new ClientError('not_reachable')
  const earlierKey = await earlierKeyOf(store, account)
  await store.transact((transaction) => meetAccount(transaction, account, nowMs(), earlierKey))
  return accountId
}

/** As the relay knows it now; without a network, as it is known here. */
async function accountOf(
  { store, relay, device }: OpeningContext,
  personId: PersonId,
): Promise<ConversationId | undefined> {
  try {
    return (await relay.person(personId, device.deviceToken)).accountId
  } catch (error) {
    if (!(error instanceof ClientError) || error.code !== 'offline') throw error
    const rows = await store.list('conversations')
    const known = rows.find(({ value }) => value.person.personId === personId)
    if (known === undefined) throw error
    return known.value.conversationId
  }
}

/** Unread goes to nought; `opened` receipts are queued if the person turned them on. */
export async function markOpened({ store }: OpeningContext, conversationId: ConversationId): Promise<void> {
  const { receipts } = await readSettings(store)
  await store.transact(async (transaction) => {
    const conversation = await transaction.get('conversations', conversationId)
    if (conversation === undefined || conversation.unreadIds.length === 0) return
    saveConversation(transaction, { ...conversation, unreadIds: [] })
    if (!receipts) return
    const readable: MessageView['id'][] = []
    for (const id of conversation.unreadIds) {
      const kind = (await transaction.get('messages', id))?.body.kind
      if (kind === 'text' || kind === 'photo') readable.push(id)
    }
    await noteReceipt(transaction, conversationId, 'opened', readable)
  })
}

/** A blocked person's messages are opened, so that the session stays whole, and thrown away. */
export async function setBlocked(
  { store }: OpeningContext,
  conversationId: ConversationId,
  blocked: boolean,
): Promise<void> {
  await store.transact(async (transaction) => {
    const conversation = await transaction.get('conversations', conversationId)
    if (conversation !== undefined) saveConversation(transaction, { ...conversation, blocked })
  })
}
