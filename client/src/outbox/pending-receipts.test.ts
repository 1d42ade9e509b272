import type { MessageId, Receipt } from '@pli/protocol/content'
import { accountId } from '@pli/protocol/wire'
import { expect, it } from 'vitest'
import { openMemoryStore } from '../store/open-store.ts'
import type { RecordStore } from '../store/record-store.ts'
import { noteReceipt, queueReceipts } from './pending-receipts.ts'

const conversation = accountId.parse('00000000-0000-4000-8000-000000000001')
const ids = (count: number) => Array.from({ length: count }, () => crypto.randomUUID() as MessageId)

async function note(store: RecordStore, state: Receipt['state'], messageIds: MessageId[]): Promise<void> {
  await store.transact((transaction) => noteReceipt(transaction, conversation, state, messageIds))
}

async function queued(store: RecordStore): Promise<Receipt[]> {
  await queueReceipts(store, conversation, 5_000)
  const rows = await store.list('outbox', { group: conversation })
  return rows.flatMap(({ value }) => (value.item.kind === 'receipt' ? [value.item.content] : []))
}

it('sends receipts together, a hundred at most in one', async () => {
  const store = await openMemoryStore()
  const all = ids(250)
  for (const id of all) await note(store, 'delivered', [id])
  const receipts = await queued(store)
  expect(receipts.map((receipt) => receipt.messageIds.length).toSorted((a, b) => a - b)).toEqual([
    50, 100, 100,
  ])
  expect(new Set(receipts.flatMap((receipt) => receipt.messageIds))).toEqual(new Set(all))
  expect(await store.get('receiptsPending', conversation)).toBeUndefined()
})

it('says once what was delivered and opened meanwhile, and nothing twice', async () => {
  const store = await openMemoryStore()
  const [first, second] = ids(2) as [MessageId, MessageId]
  await note(store, 'delivered', [first, second])
  await note(store, 'delivered', [first])
  await note(store, 'opened', [first])
  const receipts = await queued(store)
  expect(Object.fromEntries(receipts.map(({ state, messageIds }) => [state, messageIds]))).toEqual({
    delivered: [second],
    opened: [first],
  })
  expect(await queued(store)).toHaveLength(2)
})
