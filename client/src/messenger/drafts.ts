/** What was written and not sent. Survives everything that the store survives. */
import type { ChosenPhoto, ConversationId, Draft } from '../api.ts'
import { MAX_INPUT_BYTES } from '../photo/prepare.ts'
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

/** Apart from the draft: that is written again at every pause of the fingers, and a photo is megabytes. */
export async function saveDraftPhoto(
  store: RecordStore,
  conversationId: ConversationId,
  photo: ChosenPhoto | undefined,
): Promise<void> {
  const isKept = photo !== undefined && photo.bytes.length <= MAX_INPUT_BYTES
  const change = isKept
    ? put('draftPhotos', conversationId, photo, { group: conversationId })
    : remove('draftPhotos', conversationId, conversationId)
  await store.commit([change])
}

export function readDraftPhoto(
  store: RecordStore,
  conversationId: ConversationId,
): Promise<ChosenPhoto | undefined> {
  return store.get('draftPhotos', conversationId)
}

function isEmpty({ text, patientTag, answerByMs, quote }: Draft): boolean {
  return text === '' && !patientTag && answerByMs === undefined && quote === undefined
}

export function readDraft(store: RecordStore, conversationId: ConversationId): Promise<Draft | undefined> {
  return store.get('drafts', conversationId)
}
