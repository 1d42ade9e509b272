import { randomUUID } from 'node:crypto'
import { IDBObjectStore } from 'fake-indexeddb'
import 'fake-indexeddb/auto'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { openRecordStore } from './open-store.ts'
import { put } from './record-store.ts'
import { eraseIndexedDbRows, openIndexedDbRows } from './rows-indexed-db.ts'
import { describeStore } from './suite.ts'

const record = (...bytes: number[]) => ({ record: Uint8Array.from(bytes) })
const dataKey = crypto.getRandomValues(new Uint8Array(32))

describeStore('IndexedDB', async () => {
  const name = randomUUID()
  return { open: () => openIndexedDbRows(name), erase: () => eraseIndexedDbRows(name) }
})

describe('a fault in the middle of a batch', () => {
  afterEach(() => vi.restoreAllMocks())

  const batch = [
    put('preKeys', '1', record(10)),
    put('signedPreKeys', '2', record(20)),
    put('preKeys', '3', record(30)),
    put('kyberPreKeys', '4', { ...record(40), lastResort: false }),
  ]

  /** Lets the browser abort (as a crash or a full disk does) when write number `at` comes. */
  function failWriteNumber(at: number, name: string): void {
    const write = IDBObjectStore.prototype.put
    let count = 0
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
      this: IDBObjectStore,
      ...given: [unknown]
    ) {
      const request = write.apply(this, given)
      if (count++ === at) {
        const { transaction } = this
        transaction.abort()
        Object.defineProperty(transaction, 'error', { value: new DOMException('fault', name) })
      }
      return request
    })
  }

  for (const at of [0, 1, 2, 3]) {
    it(`leaves all as it was when write ${at + 1} of 4 fails`, async () => {
      const name = randomUUID()
      const store = await openRecordStore({ rows: await openIndexedDbRows(name), dataKey })
      await store.commit([put('preKeys', '1', record(1))])
      const heard = vi.fn()
      store.onChange(heard)
      failWriteNumber(at, 'QuotaExceededError')
      await expect(store.commit(batch)).rejects.toMatchObject({ code: 'storage_full' })
      vi.restoreAllMocks()
      expect(heard).not.toHaveBeenCalled()
      expect(await store.getMany('preKeys', ['1', '3'])).toEqual([record(1), undefined])
      expect(await store.count('signedPreKeys')).toBe(0)
      expect(await store.count('kyberPreKeys')).toBe(0)
      await store.commit(batch)
      expect(await store.getMany('preKeys', ['1', '3'])).toEqual([record(10), record(30)])
      store.close()
    })
  }

  it('leaves all as it was when the browser refuses one of the values on the spot', async () => {
    const store = await openRecordStore({ rows: await openIndexedDbRows(randomUUID()), dataKey })
    const write = IDBObjectStore.prototype.put
    let count = 0
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
      this: IDBObjectStore,
      ...given: [unknown]
    ) {
      if (count++ === 2) throw new DOMException('fault', 'DataCloneError')
      return write.apply(this, given)
    })
    await expect(store.commit(batch)).rejects.toMatchObject({ code: 'storage_damaged' })
    vi.restoreAllMocks()
    expect(await store.count('preKeys')).toBe(0)
    expect(await store.count('signedPreKeys')).toBe(0)
    store.close()
  })
})

describe('other tabs', () => {
  it('let go of the database when one of them erases it, and find it empty', async () => {
    const name = randomUUID()
    const rows = await openIndexedDbRows(name)
    const store = await openRecordStore({ rows, dataKey })
    await store.commit([put('preKeys', '1', record(1))])
    await eraseIndexedDbRows(name)
    await expect(store.get('preKeys', '1')).rejects.toMatchObject({ code: 'locked' })
    const again = await openRecordStore({ rows: await openIndexedDbRows(name), dataKey })
    expect(await again.count('preKeys')).toBe(0)
    again.close()
  })

  it('hear of commits, but only those that hold the data key', async () => {
    const name = randomUUID()
    const open = async (key: Uint8Array) =>
      openRecordStore({
        rows: await openIndexedDbRows(name),
        dataKey: key,
        channel: new BroadcastChannel(name),
      })
    const [writer, follower, stranger] = [
      await open(dataKey),
      await open(dataKey),
      await open(crypto.getRandomValues(new Uint8Array(32))),
    ]
    const strangerHeard = vi.fn()
    stranger.onChange(strangerHeard)
    const heard = new Promise((resolve) => follower.onChange(resolve))
    await writer.commit([put('preKeys', '1', record(1), { group: 'g' })])
    expect(await heard).toEqual([{ table: 'preKeys', group: 'g' }])
    expect(await follower.get('preKeys', '1')).toEqual(record(1))
    expect(strangerHeard).not.toHaveBeenCalled()
    for (const store of [writer, follower, stranger]) store.close()
  })
})
