/**
 * What every back end must do, run through `RecordStore`. `open` gives a fresh disk; `reopen` opens it again, as a
 * second tab or after a crash.
 */
import { afterEach, describe, expect, it } from 'vitest'
import { openRecordStore } from './open-store.ts'
import { put, type RecordStore, remove, type TableChange } from './record-store.ts'
import type { Rows } from './rows.ts'

export interface Disk {
  open(): Promise<Rows>
  erase?(): Promise<void>
}

const record = (...bytes: number[]) => ({ record: Uint8Array.from(bytes) })

export function describeStore(name: string, createDisk: () => Promise<Disk>): void {
  describe(`records in ${name}`, () => {
    const closing: (() => void | Promise<void>)[] = []
    const dataKey = crypto.getRandomValues(new Uint8Array(32))

    async function openTabs(count: number): Promise<{ stores: RecordStore[]; rows: Rows[] }> {
      const disk = await createDisk()
      if (disk.erase !== undefined) closing.push(disk.erase)
      const rows: Rows[] = []
      const stores: RecordStore[] = []
      for (let tab = 0; tab < count; tab += 1) {
        const opened = await disk.open()
        rows.push(opened)
        stores.push(await openRecordStore({ rows: opened, dataKey }))
      }
      closing.push(() => {
        for (const store of stores) store.close()
      })
      return { stores, rows }
    }
    async function openOne(): Promise<{ store: RecordStore; rows: Rows }> {
      const { stores, rows } = await openTabs(1)
      return { store: stores[0]!, rows: rows[0]! }
    }

    afterEach(async () => {
      for (const close of closing.splice(0).reverse()) await close()
    })

    it('gives back what was committed, also to a second tab', async () => {
      const { stores } = await openTabs(2)
      await stores[0]!.commit([put('preKeys', '1', record(1)), put('preKeys', '2', record(2))])
      expect(await stores[1]!.get('preKeys', '1')).toEqual(record(1))
      expect(await stores[1]!.getMany('preKeys', ['2', '3', '1'])).toEqual([record(2), undefined, record(1)])
      await stores[1]!.commit([remove('preKeys', '1')])
      expect(await stores[0]!.get('preKeys', '1')).toBeUndefined()
      expect(await stores[0]!.count('preKeys')).toBe(1)
    })

    it('lists by order, within a group and within bounds, from either end', async () => {
      const { store } = await openOne()
      for (let order = 1; order <= 6; order += 1) {
        const group = order % 2 === 0 ? 'even' : 'odd'
        await store.commit([put('preKeys', `k${order}`, record(order), { order, group })])
      }
      const keys = async (query: Parameters<RecordStore['list']>[1]) =>
        (await store.list('preKeys', query)).map((row) => row.key)
      expect(await keys({})).toEqual(['k1', 'k2', 'k3', 'k4', 'k5', 'k6'])
      expect(await keys({ reverse: true, limit: 2 })).toEqual(['k6', 'k5'])
      expect(await keys({ afterOrder: 2, beforeOrder: 5 })).toEqual(['k3', 'k4'])
      expect(await keys({ group: 'even', reverse: true })).toEqual(['k6', 'k4', 'k2'])
      expect(await keys({ group: 'even', beforeOrder: 6, reverse: true, limit: 1 })).toEqual(['k4'])
      expect(await keys({ group: 'even', afterOrder: 6 })).toEqual([])
      expect(await keys({ group: 'none' })).toEqual([])
      expect(await keys({ afterOrder: 5, beforeOrder: 3 })).toEqual([])
      expect(await store.count('preKeys', 'odd')).toBe(3)
      const [first] = await store.list('preKeys', { limit: 1 })
      expect(first).toEqual({ key: 'k1', group: 'odd', order: 1, value: record(1) })
    })

    it('moves a record that is put again with another order and group', async () => {
      const { store } = await openOne()
      await store.commit([put('preKeys', 'k', record(1), { order: 1, group: 'a' })])
      await store.commit([put('preKeys', 'k', record(2), { order: 9, group: 'b' })])
      expect(await store.list('preKeys', { group: 'a' })).toEqual([])
      expect((await store.list('preKeys', { group: 'b' })).map((row) => row.order)).toEqual([9])
    })

    it('lets a stale owner write nothing, not even the part before the refusal', async () => {
      const { stores, rows } = await openTabs(2)
      const first = await rows[0]!.raiseFence()
      await stores[0]!.commit([put('preKeys', 'by-first', record(1))], { fence: first })
      const second = await rows[1]!.raiseFence()
      expect(second).toBeGreaterThan(first)
      await expect(
        stores[0]!.commit([put('preKeys', 'stale', record(2)), remove('preKeys', 'by-first')], {
          fence: first,
        }),
      ).rejects.toMatchObject({ code: 'not_owner' })
      expect(await stores[1]!.get('preKeys', 'stale')).toBeUndefined()
      expect(await stores[1]!.get('preKeys', 'by-first')).toEqual(record(1))
      await stores[1]!.commit([put('preKeys', 'by-second', record(3))], { fence: second })
      // Who follows writes without a number: what it writes is not the ratchets'.
      await stores[0]!.commit([put('preKeys', 'by-follower', record(4))])
      expect(await stores[1]!.count('preKeys')).toBe(3)
    })

    it('loses no update when tabs race for one record', async () => {
      const { stores } = await openTabs(2)
      const add = (store: RecordStore) =>
        store.transact(async (transaction) => {
          const before = (await transaction.get('preKeys', 'sum'))?.record[0] ?? 0
          transaction.put('preKeys', 'sum', record(before + 1))
          expect(await transaction.get('preKeys', 'sum')).toEqual(record(before + 1))
          return before
        })
      const results = await Promise.all(Array.from({ length: 12 }, (_, at) => add(stores[at % 2]!)))
      expect(await stores[0]!.get('preKeys', 'sum')).toEqual(record(12))
      expect(new Set(results).size).toBe(12)
    })

    it('tells of changes after they are there', async () => {
      const { store } = await openOne()
      const heard: TableChange[] = []
      const stop = store.onChange((changes) => heard.push(...changes))
      await store.commit([
        put('preKeys', '1', record(1), { group: 'g' }),
        put('preKeys', '2', record(1), { group: 'g' }),
        remove('signedPreKeys', '3'),
      ])
      expect(heard).toEqual([
        { table: 'preKeys', group: 'g' },
        { table: 'signedPreKeys', group: '' },
      ])
      stop()
      await store.commit([put('preKeys', '4', record(1))])
      expect(heard).toHaveLength(2)
    })

    it('refuses a record that was changed, swapped, moved or reordered', async () => {
      const { store, rows } = await openOne()
      await store.commit([
        put('preKeys', 'a', record(1), { order: 1 }),
        put('preKeys', 'b', record(2), { order: 2 }),
      ])
      const [a, b] = await rows.list('preKeys', {})
      const replaceA = (row: object) =>
        rows.apply({ changes: [{ table: 'preKeys', row: { ...a!, ...row } }] })
      const flipped = Uint8Array.from(a!.sealed)
      flipped[20]! ^= 1
      for (const damage of [
        { sealed: flipped },
        { sealed: b!.sealed },
        { order: 3 },
        { group: 'x'.repeat(22) },
      ]) {
        await replaceA(damage)
        await expect(store.get('preKeys', 'a')).rejects.toMatchObject({ code: 'storage_damaged' })
      }
      await replaceA({ sealed: new Uint8Array(5) })
      await expect(store.get('preKeys', 'a')).rejects.toMatchObject({ code: 'storage_damaged' })
      await rows.apply({ changes: [{ table: 'kyberPreKeys', row: a! }] })
      await replaceA({})
      expect(await store.get('preKeys', 'a')).toEqual(record(1))
      await expect(store.list('kyberPreKeys')).rejects.toMatchObject({ code: 'storage_damaged' })
    })

    it('keeps nothing readable: names and values are ciphertext', async () => {
      const { store, rows } = await openOne()
      const canary = new TextEncoder().encode('canary-in-a-record')
      await store.commit([put('preKeys', 'canary-key', { record: canary }, { group: 'canary-group' })])
      const text = (await rows.list('preKeys', {}))
        .map((row) => `${row.key} ${row.group} ${Buffer.from(row.sealed).toString('latin1')}`)
        .join()
      expect(text).not.toContain('canary')
    })

    it('says that it is locked once it is closed', async () => {
      const { store } = await openOne()
      store.close()
      await expect(store.get('preKeys', '1')).rejects.toMatchObject({ code: 'locked' })
      await expect(store.commit([put('preKeys', '1', record(1))])).rejects.toMatchObject({ code: 'locked' })
    })
  })
}
