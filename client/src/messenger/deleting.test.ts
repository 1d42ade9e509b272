import { expect, it } from 'vitest'
import { openMemoryStore } from '../store/open-store.ts'
import { put } from '../store/record-store.ts'
import { incoming, inventedConversation } from '../testing/people.ts'
import { addIncoming } from './conversation-log.ts'
import { eraseDue, hideMessage, restoreMessage, UNDO_MS } from './deleting.ts'

async function twoMessages() {
  const store = await openMemoryStore()
  const clock = { atMs: 10_000 }
  const conversation = inventedConversation()
  const { conversationId } = conversation
  const messages = [incoming(conversation, 2_000, 'first'), incoming(conversation, 3_000, 'second')]
  for (const message of messages) {
    await store.transact(async (transaction) => {
      const now = (await transaction.get('conversations', conversationId)) ?? conversation
      await addIncoming(transaction, now, message)
    })
  }
  const [first, second] = [messages[0]!, messages[1]!]
  const summary = async () => (await store.get('conversations', conversationId))!
  return { store, context: { store, nowMs: () => clock.atMs }, clock, first, second, summary }
}

it('hides at once, and the message before it becomes the last', async () => {
  const { context, second, first, summary } = await twoMessages()
  await hideMessage(context, second.id)
  expect(await summary()).toMatchObject({ lastMessage: { id: first.id }, unreadIds: [first.id] })
})

it('comes back whole when it is restored in time', async () => {
  const { store, context, clock, second, summary } = await twoMessages()
  await hideMessage(context, second.id)
  await restoreMessage(context, second.id)
  clock.atMs += UNDO_MS
  await eraseDue(context)
  expect((await summary()).lastMessage?.id).toBe(second.id)
  expect(await store.get('messages', second.id)).toEqual(second)
})

it('is erased with its photo when the time is over, and remembered only as an id', async () => {
  const { store, context, clock, second } = await twoMessages()
  await store.commit([put('photos', second.id, { bytes: new Uint8Array(10) })])
  await hideMessage(context, second.id)
  expect(await eraseDue(context)).toBe(clock.atMs + UNDO_MS)
  expect(await store.get('messages', second.id)).toBeDefined()
  clock.atMs += UNDO_MS
  expect(await eraseDue(context)).toBeUndefined()
  expect(await store.get('messages', second.id)).toBeUndefined()
  expect(await store.get('photos', second.id)).toBeUndefined()
  expect(await store.get('erasedMessages', second.id)).toMatchObject({ erasedAtMs: clock.atMs })
})
