/** Invented people and conversations for tests that need no relay. */
import type { MessageId } from '@pli/protocol/content'
import { accountId, type DirectoryPerson, directoryPerson } from '@pli/protocol/wire'
import { newConversation, nextPosition } from '../messenger/conversation-log.ts'
import type { ConversationRecord, MessageRecord, StoredBody } from '../messenger/records.ts'

export function inventedPerson(lastName: string, firstName = 'Camille'): DirectoryPerson {
  const place = { postcode: '1000', nsi: '21004', nl: 'Brussel', fr: 'Bruxelles' }
  return directoryPerson.parse({
    personId: lastName.toLowerCase().replaceAll(/[^a-z]/g, ''),
    lastName,
    firstName,
    deceased: false,
    roles: [{ roleId: 'r1', profession: 'PHARMACIST', cdHcparty: 'perspharmacist', place, active: true }],
  })
}

export function inventedConversation(lastName = 'Lemaire', atMs = 1_000): ConversationRecord {
  const id = accountId.parse(crypto.randomUUID())
  return newConversation(id, inventedPerson(lastName), { kind: 'oidc', atMs }, atMs)
}

export function outgoing(conversation: ConversationRecord, atMs: number, text = 'question'): MessageRecord {
  return {
    ...inventedMessage(conversation, atMs, { kind: 'text', text }),
    direction: 'out',
    outgoing: { state: 'waiting', atMs, times: { waitingAtMs: atMs } },
  }
}

export function incoming(conversation: ConversationRecord, atMs: number, text = 'answer'): MessageRecord {
  return { ...inventedMessage(conversation, atMs, { kind: 'text', text }), direction: 'in' }
}

function inventedMessage(conversation: ConversationRecord, atMs: number, body: StoredBody): MessageRecord {
  return {
    id: crypto.randomUUID() as MessageId,
    conversationId: conversation.conversationId,
    direction: 'note',
    body,
    atMs,
    position: nextPosition(conversation, atMs),
  }
}
