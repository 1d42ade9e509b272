/** What was typed and not sent. Survives everything that the store survives. */
import type { ConversationId } from '../api.ts'
import type { RecordStore } from '../store/record-store.ts'
import { put, remove } from '../store/record-store.ts'

export async function saveDraft(
  store: RecordStore,
  conversationId: ConversationId,
  text: string,
): Promise<void> {
  const change =
    text === ''
      ? remove('drafts', conversationId, conversationId)
      : put('drafts', conversationId, { text }, { group: conversationId })
  await store.commit([change])
}

export async function readDraft(store: RecordStore, conversationId: ConversationId): Promise<string> {
  return (await store.get('drafts', conversationId))?.text ?? ''
}
