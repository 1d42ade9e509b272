// The storage suite's cases of changes inside a generation, and of following them.

import { describe, expect, it } from 'vitest'
import type { DirectoryStoreUnderTest } from '../suite.ts'
import { changeOf, NOW_MS, readAll, samplePeople, samplePerson, take } from './samples.ts'

export function changeCases(subject: DirectoryStoreUnderTest): void {
  describe('changes', () => {
    it('are applied at once with their feed position, and counted', async () => {
      const writer = await subject.store.openWriter()
      await take(writer, samplePeople(1, 3))
      const changes = [
        changeOf(samplePerson('p-1')),
        changeOf(samplePerson('p-2', { lastName: 'Married' })),
        changeOf(samplePerson('p-4')),
        { personId: 'p-3', person: undefined },
        { personId: 'p-99', person: undefined },
      ]
      const applied = await writer.applyChanges(changes, 'feed 9', NOW_MS + 5)
      expect(applied).toMatchObject({ added: 1, changed: 1, unchanged: 2, gone: 1 })
      expect(applied.version).toMatchObject({ generation: 1, sequence: 3, people: 3, roles: 3 })
      expect(await subject.store.current()).toEqual(applied.version)
      expect(await writer.feedPosition()).toEqual({ position: 'feed 9', atMs: NOW_MS + 5 })
      const people = await readAll(subject.store, 1)
      expect(people.get('p-2')?.lastName).toBe('Married')
      expect(people.get('p-3')).toMatchObject({ goneSinceMs: NOW_MS + 5 })
      expect(people.size).toBe(4)
      await writer.close()
    })

    it('change nothing when they come twice', async () => {
      const writer = await subject.store.openWriter()
      await take(writer, samplePeople(1, 3))
      const changes = [changeOf(samplePerson('p-9')), { personId: 'p-3', person: undefined }]
      const once = await writer.applyChanges(changes, 'feed 1', NOW_MS)
      const twice = await writer.applyChanges(changes, 'feed 2', NOW_MS + 9)
      expect(twice).toMatchObject({ added: 0, changed: 0, unchanged: 2, gone: 0 })
      expect(twice.version).toEqual(once.version)
      expect(await writer.feedPosition()).toEqual({ position: 'feed 2', atMs: NOW_MS + 9 })
      await writer.close()
    })

    it('are followed by their sequence, in parts, to the latest record', async () => {
      const writer = await subject.store.openWriter()
      await take(writer, samplePeople(1, 3))
      await writer.applyChanges([changeOf(samplePerson('p-1', { lastName: 'One' }))], 'a', NOW_MS)
      await writer.applyChanges([changeOf(samplePerson('p-2')), changeOf(samplePerson('p-4'))], 'b', NOW_MS)
      await writer.applyChanges([changeOf(samplePerson('p-1', { lastName: 'Two' }))], 'c', NOW_MS)
      const since = (sequence: number, limit = 10) =>
        subject.store.changesSince({ generation: 1, sequence }, limit)
      expect(await since(0)).toMatchObject({
        kind: 'changes',
        changes: [
          { sequence: 1, personId: 'p-1', person: { lastName: 'Two' } },
          { sequence: 2, personId: 'p-4' },
          { sequence: 3, personId: 'p-1', person: { lastName: 'Two' } },
        ],
      })
      expect(await since(1, 1)).toMatchObject({ changes: [{ sequence: 2 }] })
      expect(await since(3)).toEqual({ kind: 'changes', changes: [] })
      await writer.close()
    })

    it('are read anew after a swap', async () => {
      const writer = await subject.store.openWriter()
      await take(writer, samplePeople(1, 2))
      await take(writer, samplePeople(1, 2))
      const since = { generation: 1, sequence: 0 }
      expect(await subject.store.changesSince(since, 10)).toEqual({ kind: 'read-anew' })
      await writer.close()
    })

    it('need a generation, and none before the first is there to read', async () => {
      const writer = await subject.store.openWriter()
      const applying = writer.applyChanges([changeOf(samplePerson('p-1'))], 'a', NOW_MS)
      await expect(applying).rejects.toMatchObject({ code: 'no-generation' })
      expect(await writer.feedPosition()).toBeUndefined()
      const since = { generation: 1, sequence: 0 }
      expect(await subject.store.changesSince(since, 10)).toEqual({ kind: 'read-anew' })
      await writer.close()
    })

    it('find somebody by a changed look-up value, and not by the former one', async () => {
      const writer = await subject.store.openWriter()
      await take(writer, samplePeople(1, 1))
      await writer.applyChanges([changeOf(samplePerson('p-1', { ssinHmac: 'another' }))], 'a', NOW_MS)
      expect(await subject.store.personIdBySsinHmac('another')).toBe('p-1')
      expect(await subject.store.personIdBySsinHmac('hmac-of-p-1')).toBeUndefined()
      await writer.close()
    })
  })
}
