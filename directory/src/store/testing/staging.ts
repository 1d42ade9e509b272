// The storage suite's cases of staging a snapshot and comparing it with what is current.

import { describe, expect, it } from 'vitest'
import type { DirectoryStoreUnderTest } from '../suite.ts'
import { batch, begin, NOW_MS, samplePeople, samplePerson, sampleRole, take } from './samples.ts'

export function stagingCases(subject: DirectoryStoreUnderTest): void {
  describe('staging', () => {
    it('shows nothing of a staged snapshot to readers', async () => {
      const writer = await subject.store.openWriter()
      await begin(writer)
      await writer.stage(batch(samplePeople(1, 3)))
      expect(await subject.store.current()).toBeUndefined()
      expect((await subject.store.personsById(['p-1'])).size).toBe(0)
      await writer.close()
    })

    it('knows what an interrupted run left, and goes on behind its cursor', async () => {
      const first = await subject.store.openWriter()
      await begin(first, 'v7')
      await first.stage(batch(samplePeople(1, 2), { cursor: 'after 2', isLast: false }))
      await first.close()
      const second = await subject.store.openWriter()
      expect(await second.staged()).toEqual({
        source: 'cobrha',
        sourceVersion: 'v7',
        feedPosition: 'feed of v7',
        startedAtMs: NOW_MS,
        cursor: 'after 2',
        isComplete: false,
        people: 2,
        roles: 2,
        rows: 2,
      })
      await second.stage(batch(samplePeople(3, 3)))
      expect(await second.staged()).toMatchObject({ cursor: 'end', isComplete: true, people: 3, rows: 3 })
      await second.close()
    })

    it('forgets an earlier staging when another begins, and when told to', async () => {
      const writer = await subject.store.openWriter()
      await begin(writer)
      await writer.stage(batch(samplePeople(1, 2)))
      await begin(writer, 'v2')
      expect(await writer.staged()).toMatchObject({ sourceVersion: 'v2', people: 0, isComplete: false })
      expect((await writer.staged())?.cursor).toBeUndefined()
      await writer.discardStaging()
      expect(await writer.staged()).toBeUndefined()
      await expect(writer.compare()).rejects.toMatchObject({ code: 'nothing-staged' })
      await writer.close()
    })

    it('unites the roles of somebody who is said twice, and counts them once', async () => {
      const writer = await subject.store.openWriter()
      await begin(writer)
      await writer.stage(batch([samplePerson('p-1')], { cursor: '1', isLast: false }))
      const again = samplePerson('p-1', { firstName: 'Later', roles: [sampleRole('p-1_2')] })
      await writer.stage(batch([again, again]))
      expect(await writer.compare()).toMatchObject({ people: 1, roles: 2, repeated: 2 })
      await writer.swap(NOW_MS)
      const person = (await subject.store.personsById(['p-1'])).get('p-1')
      expect(person?.firstName).toBe('Later')
      expect(person?.roles.map(({ roleId }) => roleId)).toEqual(['p-1_1', 'p-1_2'])
      await writer.close()
    })

    it('says what would be added, changed, gone and kept, and why rows were set aside', async () => {
      const writer = await subject.store.openWriter()
      await take(writer, samplePeople(1, 5))
      await begin(writer, 'v2')
      const same = samplePerson('p-1', { roles: [sampleRole('p-1_1', { sourceVersion: 'v2' })] })
      const moved = samplePerson('p-2', { lastName: 'Moved' })
      await writer.stage(
        batch([same, moved, samplePerson('p-9')], {
          setAside: [
            { reason: 'name-unusable', personId: 'p-3' },
            { reason: 'name-unusable', personId: 'p-77' },
            { reason: 'row-unreadable' },
          ],
          refusedRoles: ['place-unusable'],
        }),
      )
      expect(await writer.compare()).toEqual({
        people: 3,
        roles: 3,
        formerPeople: 5,
        added: 1,
        changed: 1,
        unchanged: 1,
        gone: 2,
        keptFormer: 1,
        repeated: 0,
        setAside: { 'name-unusable': 2, 'row-unreadable': 1 },
        refusedRoles: { 'place-unusable': 1 },
      })
      await writer.close()
    })

    it('has one writer at a time, in every process', async () => {
      const writer = await subject.store.openWriter()
      await expect(subject.store.openWriter()).rejects.toMatchObject({ code: 'sync-running' })
      await writer.close()
      await (await subject.store.openWriter()).close()
    })

    it('keeps the last fifty reports, newest first', async () => {
      const writer = await subject.store.openWriter()
      for (let atMs = 1; atMs <= 52; atMs += 1) await writer.recordRun({ atMs, report: { added: atMs } })
      const runs = await writer.recordedRuns()
      expect(runs).toHaveLength(50)
      expect(runs[0]).toEqual({ atMs: 52, report: { added: 52 } })
      await writer.close()
    })
  })
}
