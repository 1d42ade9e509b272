import { expect, it } from 'vitest'
import { addIncoming } from '../messenger/conversation-log.ts'
import { openMemoryStore } from '../store/open-store.ts'
import type { RecordStore } from '../store/record-store.ts'
import { incoming, inventedConversation } from '../testing/people.ts'
import { searchLocal } from './search-local.ts'

async function fill(store: RecordStore, lastName: string, texts: string[], blocked = false) {
  const conversation = { ...inventedConversation(lastName), blocked }
  for (const [at, text] of texts.entries()) {
    await store.transact(async (transaction) => {
      const now = (await transaction.get('conversations', conversation.conversationId)) ?? conversation
      await addIncoming(transaction, now, incoming(now, 2_000 + at, text))
    })
  }
}

it('finds people and messages without case or accents, newest first, every word', async () => {
  const store = await openMemoryStore()
  await fill(store, "D'Hondt", ['Amoxicilline 500 mg', 'Merci', 'amoxicilline 1 g ?'])
  await fill(store, 'Éliard', ['Rien'])
  const found = await searchLocal(store, 'AMOXI')
  expect(found.messages.map(({ message }) => message.body)).toEqual([
    { kind: 'text', text: 'amoxicilline 1 g ?' },
    { kind: 'text', text: 'Amoxicilline 500 mg' },
  ])
  expect(found.messages[0]?.person.lastName).toBe("D'Hondt")
  expect((await searchLocal(store, 'amoxi 500')).messages).toHaveLength(1)
  expect((await searchLocal(store, 'eliard')).people.map(({ person }) => person.lastName)).toEqual(['Éliard'])
  expect(await searchLocal(store, '  ')).toEqual({ people: [], messages: [] })
})

it('shows nothing of a blocked person', async () => {
  const store = await openMemoryStore()
  await fill(store, 'Blockx', ['amoxicilline'], true)
  expect(await searchLocal(store, 'amoxi')).toEqual({ people: [], messages: [] })
  expect(await searchLocal(store, 'blockx')).toEqual({ people: [], messages: [] })
})
