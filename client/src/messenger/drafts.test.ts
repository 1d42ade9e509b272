import type { MessageId } from '@pli/protocol/content'
import { expect, it } from 'vitest'
import type { Draft } from '../api.ts'
import { MAX_INPUT_BYTES } from '../photo/prepare.ts'
import { openMemoryStore } from '../store/open-store.ts'
import { put } from '../store/record-store.ts'
import { inventedConversation } from '../testing/people.ts'
import { watchConversation } from './conversation-view.ts'
import { readDraft, readDraftPhoto, saveDraft, saveDraftPhoto } from './drafts.ts'
import { watchInbox } from './inbox-view.ts'
import { writeText } from './writing.ts'

const whole: Draft = {
  text: 'Dose du soir ?',
  patientTag: 'M. D.',
  answerByMs: 9_000,
  quote: { messageId: '10000000-0000-4000-8000-000000000001' as MessageId, excerpt: 'Chaque lundi' },
}
const noPhotos = () => Promise.reject(new Error('no photos here'))

async function start() {
  const store = await openMemoryStore()
  const conversation = inventedConversation()
  const { conversationId } = conversation
  await store.commit([put('conversations', conversationId, conversation, { group: conversationId })])
  const rows = (await watchInbox(store)).live
  return { store, conversationId, rows }
}

it('keeps all that was typed and chosen, and the inbox shows its text', async () => {
  const { store, conversationId, rows } = await start()
  await saveDraft(store, conversationId, whole)
  expect(await readDraft(store, conversationId)).toEqual(whole)
  await expect.poll(() => rows.get()?.[0]?.draft).toBe('Dose du soir ?')
})

it('keeps what was chosen before a word was typed', async () => {
  const { store, conversationId } = await start()
  for (const draft of [
    { text: '', patientTag: 'A. B.' },
    { text: '', answerByMs: 1 },
    { text: '', quote: whole.quote! },
  ]) {
    await saveDraft(store, conversationId, draft)
    expect(await readDraft(store, conversationId)).toEqual(draft)
  }
})

it('is gone when nothing is left in it', async () => {
  const { store, conversationId } = await start()
  await saveDraft(store, conversationId, whole)
  await saveDraft(store, conversationId, { text: '', patientTag: '' })
  expect(await readDraft(store, conversationId)).toBeUndefined()
})

it('goes in the very commit that keeps the message', async () => {
  const { store, conversationId } = await start()
  await saveDraft(store, conversationId, whole)
  const { text, ...options } = whole
  const together: string[][] = []
  store.onChange((changes) => together.push(changes.map(({ table }) => table)))
  await writeText({ store, nowMs: () => 5_000, preparePhoto: noPhotos }, conversationId, text, options)
  expect(together).toEqual([expect.arrayContaining(['messages', 'outbox', 'drafts'])])
  expect(await readDraft(store, conversationId)).toBeUndefined()
})

it('a conversation that is not here is null, and is there as soon as it begins', async () => {
  const store = await openMemoryStore()
  const conversation = inventedConversation()
  const { conversationId } = conversation
  const quiet = { of: () => undefined, onChange: () => () => {} }
  const live = watchConversation(store, quiet, conversationId, 10)
  const stop = live.subscribe(() => {})
  expect(live.get()).toBeUndefined()
  await expect.poll(() => live.get()).toBeNull()
  await store.commit([put('conversations', conversationId, conversation, { group: conversationId })])
  await expect.poll(() => live.get()?.conversationId).toBe(conversationId)
  stop()
})

it('keeps a chosen photo until it is sent or taken back, and none that is too large to send', async () => {
  const { store, conversationId } = await start()
  const photo = { bytes: new Uint8Array([1, 2, 3]), name: 'IMG_1.heic', type: '' }
  await saveDraftPhoto(store, conversationId, photo)
  expect(await readDraftPhoto(store, conversationId)).toEqual(photo)
  await saveDraftPhoto(store, conversationId, undefined)
  expect(await readDraftPhoto(store, conversationId)).toBeUndefined()
  await saveDraftPhoto(store, conversationId, photo)
  await saveDraftPhoto(store, conversationId, { ...photo, bytes: new Uint8Array(MAX_INPUT_BYTES + 1) })
  expect(await readDraftPhoto(store, conversationId)).toBeUndefined()
  await saveDraftPhoto(store, conversationId, photo)
  await writeText({ store, nowMs: () => 5_000, preparePhoto: noPhotos }, conversationId, 'Le texte')
  expect(await readDraftPhoto(store, conversationId)).toBeUndefined()
})
