import { expect, it } from 'vitest'
import { openMemoryStore } from '../store/open-store.ts'
import { createOverlay } from './overlay.ts'

const record = (byte: number) => ({ record: Uint8Array.of(byte) })

it('hands over what was written only when it is flushed, removals too', async () => {
  const store = await openMemoryStore()
  await store.transact(async (transaction) => {
    transaction.put('sessions', 'a', record(1))
    transaction.put('sessions', 'b', record(2))
  })
  await store.transact(async (transaction) => {
    const refused = createOverlay(transaction)
    refused.put('sessions', 'a', record(9))
    refused.remove('sessions', 'b')
    expect(await refused.get('sessions', 'a')).toEqual(record(9))
    expect(await refused.get('sessions', 'b')).toBeUndefined()

    const kept = createOverlay(transaction)
    expect(await kept.get('sessions', 'a')).toEqual(record(1))
    kept.put('sessions', 'a', record(3))
    kept.remove('sessions', 'b')
    kept.put('sessions', 'c', record(4))
    kept.flush()
    expect(await transaction.get('sessions', 'a')).toEqual(record(3))
  })
  expect(await store.getMany('sessions', ['a', 'b', 'c'])).toEqual([record(3), undefined, record(4)])
})
