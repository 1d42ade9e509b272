import type { Receipt } from '@pli/protocol/content'
import { expect, it } from 'vitest'
import { openMemoryStore } from '../store/open-store.ts'
import type { RecordStore } from '../store/record-store.ts'
import { incoming, inventedConversation, outgoing } from '../testing/people.ts'
import { addIncoming, addWritten, applyReceipt, nextPosition, saveConversation } from './conversation-log.ts'
import { inboxRow, mostUrgentFirst } from './inbox-view.ts'
import type { ConversationRecord, MessageRecord } from './records.ts'

async function start(): Promise<{ store: RecordStore; conversation: ConversationRecord }> {
  const store = await openMemoryStore()
  const conversation = inventedConversation()
  await store.transact(async (transaction) => saveConversation(transaction, conversation))
  return { store, conversation }
}

async function current(store: RecordStore, { conversationId }: ConversationRecord) {
  return (await store.get('conversations', conversationId))!
}

async function write(store: RecordStore, conversation: ConversationRecord, atMs: number) {
  const message = outgoing(await current(store, conversation), atMs)
  await store.transact(async (transaction) => {
    const now = await transaction.get('conversations', conversation.conversationId)
    addWritten(transaction, now!, message)
  })
  return message
}

async function receive(
  store: RecordStore,
  conversation: ConversationRecord,
  atMs: number,
  fields: Partial<MessageRecord> = {},
  times: { writtenAtTheirMs?: number } = {},
) {
  const message = { ...incoming(await current(store, conversation), atMs), ...fields }
  await store.transact(async (transaction) => {
    const now = await transaction.get('conversations', conversation.conversationId)
    await addIncoming(transaction, now!, message, times)
  })
  return message
}

async function hear(store: RecordStore, conversation: ConversationRecord, receipt: Partial<Receipt>) {
  await store.transact(async (transaction) => {
    const now = await transaction.get('conversations', conversation.conversationId)
    const whole = { v: 1, id: crypto.randomUUID(), sentAtMs: 0, kind: 'receipt', ...receipt } as Receipt
    await applyReceipt(transaction, now!, whole, 9_000)
  })
}

const stateOf = async (store: RecordStore, message: MessageRecord) =>
  (await store.get('messages', message.id))?.outgoing?.state

it('takes a letter for answered when they write after it was on their device', async () => {
  const { store, conversation } = await start()
  const first = await write(store, conversation, 2_000)
  await hear(store, conversation, { state: 'delivered', messageIds: [first.id] })
  const second = await write(store, conversation, 3_000)
  await receive(store, conversation, 4_000)
  expect(await stateOf(store, first)).toBe('answered')
  // It may have crossed theirs on the way.
  expect(await stateOf(store, second)).toBe('waiting')
  await receive(store, conversation, 5_000, { quote: { messageId: second.id, excerpt: 'question' } })
  expect(await stateOf(store, second)).toBe('answered')
  expect((await current(store, conversation)).unansweredIds).toEqual([])
})

it('takes nothing for an answer that was written before the letter was there, and came late', async () => {
  const { store, conversation } = await start()
  const letter = await write(store, conversation, 2_000)
  await hear(store, conversation, { state: 'delivered', messageIds: [letter.id], sentAtMs: 70_000 })
  await receive(store, conversation, 4_000, {}, { writtenAtTheirMs: 60_000 })
  expect(await stateOf(store, letter)).toBe('delivered')
  await hear(store, conversation, { state: 'opened', messageIds: [letter.id], sentAtMs: 90_000 })
  await receive(store, conversation, 5_000, {}, { writtenAtTheirMs: 80_000 })
  expect(await stateOf(store, letter)).toBe('answered')
})

it('never goes back: a late receipt changes nothing', async () => {
  const { store, conversation } = await start()
  const message = await write(store, conversation, 2_000)
  await hear(store, conversation, { state: 'opened', messageIds: [message.id] })
  await hear(store, conversation, { state: 'delivered', messageIds: [message.id] })
  expect(await stateOf(store, message)).toBe('opened')
})

it('believes a receipt only about messages to whoever sent it', async () => {
  const { store, conversation } = await start()
  const stranger = inventedConversation('Peeters')
  await store.transact(async (transaction) => saveConversation(transaction, stranger))
  const message = await write(store, conversation, 2_000)
  await hear(store, stranger, { state: 'opened', messageIds: [message.id] })
  expect(await stateOf(store, message)).toBe('waiting')
})

it('sums up a conversation for the inbox: unread, to answer, the nearest deadline', async () => {
  const { store, conversation } = await start()
  await receive(store, conversation, 2_000, { answerByMs: 90_000 })
  await receive(store, conversation, 3_000, { answerByMs: 60_000 })
  expect(inboxRow(await current(store, conversation))).toMatchObject({
    unread: 2,
    toAnswer: true,
    answerByMs: 60_000,
    latestAtMs: 3_000,
  })
  await write(store, conversation, 4_000)
  const row = inboxRow(await current(store, conversation))
  expect(row).toMatchObject({ unread: 2, toAnswer: false })
  expect(row?.answerByMs).toBeUndefined()
})

it('puts deadlines first, then what is unanswered, then the latest', () => {
  const row = (name: string, fields: object) => ({
    ...inboxRow(inventedConversation(name), 'draft')!,
    ...fields,
  })
  const rows = [
    row('late', { latestAtMs: 9, toAnswer: false }),
    row('waits', { latestAtMs: 1, toAnswer: true }),
    row('soon', { latestAtMs: 2, toAnswer: true, answerByMs: 5 }),
    row('later', { latestAtMs: 3, toAnswer: true, answerByMs: 7 }),
  ]
  const names = rows.toSorted(mostUrgentFirst).map(({ person }) => person.lastName)
  expect(names).toEqual(['soon', 'later', 'waits', 'late'])
})

it('gives positions that only rise, also when the clock goes back', async () => {
  const { store, conversation } = await start()
  const first = await write(store, conversation, 5_000)
  const second = await write(store, conversation, 4_000)
  expect(second.position).toBeGreaterThan(first.position)
  expect(nextPosition(await current(store, conversation), 1)).toBeGreaterThan(second.position)
})
