/** What was written and not sent. Survives everything that the store survives. */
import type { ConversationId, Draft } from '../api.ts'
import type { RecordStore } from '../store/record-store.ts'
import { put, remove } from '../store/record-store.ts'

export async function saveDraft(
  store: RecordStore,
  conversationId: ConversationId,
  draft: Draft,
): Promise<void> {
  const change = isEmpty(draft)
    ? remove('drafts', conversationId, conversationId)
    : put('drafts', conversationId, draft, { group: conversationId })
  await store.commit([change])
}

function isEmpty({ text, patientTag, answerByMs, quote }: Draft): boolean {
  return text === '' && !patientTag && answerByMs === undefined && quote === undefined
}

export function readDraft(store: RecordStore, conversationId: ConversationId): Promise<Draft | undefined> {
  return store.get('drafts', conversationId)
}
