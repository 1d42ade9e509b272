// The storage suite's cases of swapping a snapshot in while others read.

import { describe, expect, it } from 'vitest'
import { GONE_KEPT_MS } from '../store.ts'
import type { DirectoryStoreUnderTest } from '../suite.ts'
import { batch, begin, fullPerson, NOW_MS, readAll, samplePeople, samplePerson, take } from './samples.ts'

export function swappingCases(subject: DirectoryStoreUnderTest): void {
  describe('swapping', () => {
    it('gives every field back as it was staged', async () => {
      const writer = await subject.store.openWriter()
      const people = [fullPerson('p-1'), samplePerson('p-2')]
      const version = await take(writer, people)
      expect(version).toEqual({
        generation: 1,
        sequence: 0,
        source: 'cobrha',
        sourceVersion: 'v1',
        people: 2,
        roles: 3,
        changedAtMs: NOW_MS,
      })
      expect(await subject.store.current()).toEqual(version)
      expect([...(await readAll(subject.store, 1)).values()]).toEqual(people)
      expect(await subject.store.personsById(['p-1', 'nobody'])).toEqual(new Map([['p-1', people[0]]]))
      expect(await subject.store.personIdBySsinHmac('hmac-of-p-2')).toBe('p-2')
      expect(await subject.store.personIdBySsinHmac('hmac-of-p-3')).toBeUndefined()
      expect(await writer.feedPosition()).toEqual({ position: 'feed of v1', atMs: NOW_MS })
      expect(await writer.staged()).toBeUndefined()
      await writer.close()
    })

    it('refuses what was cut off', async () => {
      const writer = await subject.store.openWriter()
      await begin(writer)
      await writer.stage(batch(samplePeople(1, 2), { isLast: false }))
      await expect(writer.swap(NOW_MS)).rejects.toMatchObject({ code: 'nothing-staged' })
      expect(await subject.store.current()).toBeUndefined()
      await writer.close()
    })

    it('lets a reader of the former generation finish, and says when it is too old', async () => {
      const writer = await subject.store.openWriter()
      const many = samplePeople(1, 2500)
      await take(writer, many)
      const reading = subject.store.readPeople(1)[Symbol.asyncIterator]()
      const seen = [...((await reading.next()).value ?? [])]
      await take(writer, samplePeople(2, 2501))
      for (let next = await reading.next(); !next.done; next = await reading.next()) seen.push(...next.value)
      expect(new Set(seen.map(({ personId }) => personId)).size).toBe(2500)
      expect((await readAll(subject.store, 2)).size).toBe(2501)
      await take(writer, samplePeople(1, 2))
      await expect(readAll(subject.store, 1)).rejects.toMatchObject({ code: 'generation-gone' })
      await expect(readAll(subject.store, 9)).rejects.toMatchObject({ code: 'generation-gone' })
      await writer.close()
    })

    it('keeps who is gone, without licence and uncounted, for a year', async () => {
      const writer = await subject.store.openWriter()
      await take(writer, samplePeople(1, 2))
      const version = await take(writer, samplePeople(1, 1), NOW_MS + 1)
      expect(version).toMatchObject({ generation: 2, people: 1, roles: 1 })
      const find = async () => (await subject.store.personsById(['p-2'])).get('p-2')
      expect(await find()).toMatchObject({ goneSinceMs: NOW_MS + 1, roles: [{ licenceToPractise: false }] })
      await take(writer, samplePeople(1, 1), NOW_MS + GONE_KEPT_MS)
      expect(await find()).toMatchObject({ goneSinceMs: NOW_MS + 1 })
      await take(writer, samplePeople(1, 1), NOW_MS + 2 + GONE_KEPT_MS)
      expect(await find()).toBeUndefined()
      await writer.close()
    })

    it('takes back who was gone, as somebody new', async () => {
      const writer = await subject.store.openWriter()
      await take(writer, samplePeople(1, 2))
      await take(writer, samplePeople(1, 1))
      await begin(writer)
      await writer.stage(batch(samplePeople(1, 2)))
      expect(await writer.compare()).toMatchObject({ added: 1, unchanged: 1, gone: 0 })
      await writer.swap(NOW_MS)
      expect((await subject.store.personsById(['p-2'])).get('p-2')).toEqual(samplePerson('p-2'))
      await writer.close()
    })

    it('keeps the former record of whom the snapshot could not be read', async () => {
      const writer = await subject.store.openWriter()
      await take(writer, samplePeople(1, 2))
      await begin(writer)
      const setAside = [{ reason: 'name-unusable' as const, personId: 'p-2' }]
      await writer.stage(batch(samplePeople(1, 1), { setAside }))
      expect(await writer.swap(NOW_MS)).toMatchObject({ people: 2 })
      expect((await subject.store.personsById(['p-2'])).get('p-2')).toEqual(samplePerson('p-2'))
      await writer.close()
    })
  })
}
