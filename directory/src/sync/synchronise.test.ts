import { beforeEach, describe, expect, it } from 'vitest'
import { createMemoryStore } from '../store/memory-store.ts'
import type { DirectoryStore } from '../store/store.ts'
import { dumpDirectory } from '../store/testing/canonical-dump.ts'
import { samplePeople, samplePerson, sampleRole } from '../store/testing/samples.ts'
import { describeReport } from './report.ts'
import { synchronise } from './synchronise.ts'
import { ListedRegister } from './testing/listed-register.ts'

const DAY_MS = 24 * 3600_000

let store: DirectoryStore
let register: ListedRegister
let nowMs: number
beforeEach(() => {
  store = createMemoryStore()
  register = new ListedRegister(samplePeople(1, 100))
  nowMs = Date.UTC(2026, 0, 15)
})

const sync = (options: { force?: boolean; snapshot?: boolean; signal?: AbortSignal } = {}) =>
  synchronise({ source: register, store, nowMs: () => nowMs, ...options })

/** Takes these people off the register without a notice. */
function vanish(count: number): void {
  for (const personId of [...register.people.keys()].slice(0, count)) register.people.delete(personId)
}

async function freshDump(): Promise<string> {
  const fresh = createMemoryStore()
  await synchronise({ source: register, store: fresh, force: true })
  return dumpDirectory(fresh)
}

describe('a first synchronisation', () => {
  it('takes the whole register in and says what it did', async () => {
    const phases = new Set<string>()
    const onProgress = ({ phase }: { phase: string }) => void phases.add(phase)
    const report = await synchronise({ source: register, store, onProgress })
    expect(report).toMatchObject({ outcome: 'taken-in', added: 100, changed: 0, gone: 0, refusals: [] })
    expect(report.snapshot).toEqual({ reason: 'first', version: 'v1', resumed: false })
    expect(report.directory).toMatchObject({ generation: 1, people: 100, roles: 100 })
    expect([...phases]).toEqual(['staging', 'comparing', 'swapping'])
    expect(describeReport(report)).toContain('added                                      100')
  })

  it('takes nothing of a register that has nobody, or fewer than it announces', async () => {
    register.people.clear()
    expect(await sync({ force: true })).toMatchObject({ outcome: 'refused', refusals: ['nobody-in-it'] })
    for (const person of samplePeople(1, 5)) register.people.set(person.personId, person)
    register.announcesTooMany = 1
    await expect(sync({ force: true })).rejects.toMatchObject({ code: 'source-malformed' })
    expect(await store.current()).toBeUndefined()
  })

  it('sets aside what no honest record is, and counts why', async () => {
    register.change(samplePerson('p-1', { lastName: 'x'.repeat(201) }))
    register.change(samplePerson('p-2', { roles: [] }))
    register.change(
      samplePerson('p-3', {
        roles: [sampleRole('r', { location: { postcode: '', nsi: '', nl: '', fr: '' } })],
      }),
    )
    const report = await sync()
    expect(report).toMatchObject({ outcome: 'taken-in', added: 97, keptFormer: 0 })
    expect(report.setAside).toEqual({ 'name-unusable': 1, 'role-missing': 1, 'place-unusable': 1 })
  })
})

describe('synchronising again', () => {
  it('changes nothing when nothing changed, also from a snapshot', async () => {
    const { directory } = await sync()
    expect(await sync()).toMatchObject({ outcome: 'unchanged', directory })
    register.version = 'v2'
    const report = await sync({ snapshot: true })
    expect(report).toMatchObject({ outcome: 'unchanged', unchanged: 100, directory })
    expect(report.snapshot).toMatchObject({ reason: 'asked', version: 'v2' })
  })

  it('fetches whom notices name, however often they come', async () => {
    await sync()
    register.change(samplePerson('p-7', { lastName: 'Married' }))
    register.change(samplePerson('p-200'))
    register.remove('p-9')
    register.repeatNotices()
    const report = await sync()
    expect(report).toMatchObject({ outcome: 'taken-in', added: 1, changed: 1, gone: 1, fetched: 3 })
    expect(report.snapshot).toBeUndefined()
    expect(register.snapshots).toBe(1)
    register.repeatNotices()
    expect(await sync()).toMatchObject({ outcome: 'unchanged', added: 0, changed: 0, gone: 0 })
    expect(await dumpDirectory(store)).toBe(await freshDump())
  })

  it('takes a snapshot after a gap in the feed, and after more than 30 days', async () => {
    await sync()
    register.change(samplePerson('p-7', { lastName: 'Unheard' }))
    register.forgetNotices()
    expect(await sync()).toMatchObject({ changed: 1, snapshot: { reason: 'gap' } })
    nowMs += 30 * DAY_MS
    expect((await sync()).snapshot).toBeUndefined()
    nowMs += 30 * DAY_MS + 1
    expect(await sync()).toMatchObject({ outcome: 'unchanged', snapshot: { reason: 'too-old' } })
    expect((await sync()).snapshot).toBeUndefined()
  })

  it('keeps the former record of somebody whom the register says unreadably', async () => {
    await sync()
    register.setAside = [{ kind: 'quarantined', reason: 'row-unreadable', personId: 'p-4' }]
    register.change(samplePerson('p-4'))
    expect(await sync()).toMatchObject({ keptFormer: 1, setAside: { 'row-unreadable': 1 }, gone: 0 })
    register.people.delete('p-4')
    expect(await sync({ snapshot: true })).toMatchObject({ keptFormer: 1, gone: 0 })
    expect((await store.personsById(['p-4'])).get('p-4')).toEqual(samplePerson('p-4'))
  })

  it('equals a fresh snapshot after any changes', async () => {
    await sync()
    for (let round = 1; round <= 20; round += 1) {
      const number = (round * 37) % 100
      register.change(samplePerson(`p-${number}`, { firstName: `Round ${round}`, deceased: round % 7 === 0 }))
      register.change(samplePerson(`new-${round}`, { roles: [sampleRole('b'), sampleRole('a')] }))
      if (round % 10 === 0) register.remove(`new-${round - 5}`)
      if (round % 3 === 0) register.repeatNotices()
      await sync()
    }
    expect(register.snapshots).toBe(1)
    expect(await dumpDirectory(store)).toBe(await freshDump())
  })
})

describe('a snapshot that should not be believed', () => {
  it('is refused when more than 2 % of the people would vanish, and taken in when forced', async () => {
    await sync()
    vanish(3)
    register.version = 'v2'
    const refused = await sync({ snapshot: true })
    expect(refused).toMatchObject({ outcome: 'refused', refusals: ['too-many-gone'], gone: 3 })
    expect(describeReport(refused)).toContain('more than 2 % of the people would vanish; --force')
    expect(await store.current()).toMatchObject({ generation: 1, people: 100 })
    const begun = register.snapshots
    const forced = await sync({ force: true })
    expect(forced).toMatchObject({ outcome: 'taken-in', gone: 3, forced: true, directory: { people: 97 } })
    expect(register.snapshots).toBe(begun)
  })

  it('is not refused for 2 %', async () => {
    await sync()
    vanish(2)
    expect(await sync({ snapshot: true })).toMatchObject({ outcome: 'taken-in', gone: 2 })
  })

  it('does not keep changes from being followed meanwhile', async () => {
    await sync()
    vanish(50)
    await sync({ snapshot: true })
    register.change(samplePerson('p-99', { lastName: 'Heard' }))
    expect(await sync()).toMatchObject({ outcome: 'taken-in', changed: 1, gone: 0 })
  })

  it('is refused when one row in twenty is unreadable, or one person in twenty is said twice', async () => {
    await sync()
    register.setAside = Array.from({ length: 6 }, () => ({ kind: 'quarantined', reason: 'row-unreadable' }))
    expect(await sync({ snapshot: true })).toMatchObject({ refusals: ['too-many-set-aside'] })
    register.setAside = samplePeople(1, 6).map((person) => ({ kind: 'person', person, refusedRoles: [] }))
    expect(await sync({ snapshot: true })).toMatchObject({ refusals: ['too-many-repeated'], repeated: 6 })
  })

  it('is refused as notices too: people who vanish one by one', async () => {
    await sync()
    for (const number of [1, 2, 3]) register.remove(`p-${number}`)
    expect(await sync()).toMatchObject({ outcome: 'refused', refusals: ['too-many-gone'], gone: 0 })
    expect(await store.current()).toMatchObject({ people: 100 })
    expect(await sync({ force: true })).toMatchObject({ outcome: 'taken-in', gone: 3 })
  })
})

describe('a register that empties slowly', () => {
  it('is refused once 2 % are gone in a week, and stays refused until somebody has looked', async () => {
    await sync()
    for (const number of [1, 2]) register.remove(`p-${number}`)
    expect(await sync()).toMatchObject({ outcome: 'taken-in', gone: 2 })
    register.remove('p-3')
    for (const _again of [1, 2, 3]) {
      expect(await sync()).toMatchObject({ outcome: 'refused', refusals: ['too-many-gone'], gone: 0 })
    }
    expect(await sync({ force: true })).toMatchObject({ outcome: 'taken-in', gone: 1 })
    register.remove('p-4')
    expect(await sync()).toMatchObject({ outcome: 'taken-in', gone: 1 })
  })

  it('is not refused for a few who go each week', async () => {
    await sync()
    for (const number of [1, 2, 3, 4]) {
      register.remove(`p-${number}`)
      expect(await sync()).toMatchObject({ outcome: 'taken-in', gone: 1 })
      nowMs += 8 * DAY_MS
    }
  })
})

describe('an interrupted run', () => {
  it('is gone on with behind its cursor', async () => {
    register.breaksBefore = 6
    await expect(sync()).rejects.toMatchObject({ code: 'source-unavailable' })
    expect(await store.current()).toBeUndefined()
    const report = await sync()
    expect(report).toMatchObject({ outcome: 'taken-in', added: 100, snapshot: { resumed: true } })
    expect(register.resumedAt).toEqual(['v1 6'])
    expect(await dumpDirectory(store)).toBe(await freshDump())
  })

  it('begins anew when the register offers another snapshot, or a day has passed', async () => {
    register.breaksBefore = 6
    await expect(sync()).rejects.toThrow()
    register.version = 'v2'
    register.breaksBefore = 6
    await expect(sync()).rejects.toThrow()
    nowMs += DAY_MS + 1
    const report = await sync()
    expect(report.snapshot).toEqual({ reason: 'first', version: 'v2', resumed: false })
    expect(report.added).toBe(100)
  })

  it('leaves the next run free to write', async () => {
    const stopping = new AbortController()
    stopping.abort()
    await expect(sync({ signal: stopping.signal })).rejects.toThrow()
    expect(await sync()).toMatchObject({ outcome: 'taken-in', added: 100 })
  })

  it('is kept apart from another that runs', async () => {
    const writer = await store.openWriter()
    await expect(sync()).rejects.toMatchObject({ code: 'sync-running' })
    await writer.close()
  })
})
