import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Person } from '../../model.ts'
import { demoPeople } from '../../sandbox/demo-people.ts'
import { generateSandbox } from '../../sandbox/generate.ts'
import { type SandboxServer, startSandboxServer } from '../../sandbox-server/server.ts'
import type { ChangeBatch, SnapshotBatch, SourceRow } from '../../source/source.ts'
import { type CobrhaSourceOptions, createCobrhaSource } from './cobrha-source.ts'

const ssinKey = new Uint8Array(32).fill(5)
const PEOPLE = 2_500
const coded = (code: string): unknown => expect.objectContaining({ code })

let server: SandboxServer
beforeAll(async () => {
  server = await startSandboxServer({ seed: 4, people: PEOPLE })
})
afterEach(async () => {
  await fetch(`${server.url}/sandbox/faults`, { method: 'DELETE' })
  await order('feed', { repeat: false })
})
afterAll(() => server.close())

const open = (options: Partial<CobrhaSourceOptions> = {}): ReturnType<typeof createCobrhaSource> =>
  createCobrhaSource({ url: server.url, ssinKey, pauseMs: 1, ...options })

async function order(path: string, body: unknown): Promise<{ changed: { id: string; kind: string }[] }> {
  const response = await fetch(`${server.url}/sandbox/${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
  })
  expect(response.status).toBe(200)
  return response.json() as Promise<{ changed: { id: string; kind: string }[] }>
}

async function collect<T>(batches: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const batch of batches) all.push(batch)
  return all
}

const rowsOf = (batches: readonly SnapshotBatch[]): SourceRow[] => batches.flatMap(({ rows }) => rows)
const idsOf = (batches: readonly ChangeBatch[]): string[] =>
  batches.flatMap((batch) => (batch.kind === 'changes' ? batch.personIds : [batch.reason]))
const personOf = (row: SourceRow | undefined): Person | undefined =>
  row?.kind === 'person' ? row.person : undefined

/** Everybody by id, as a snapshot has them now. */
async function readEverybody(): Promise<Map<string, Person>> {
  const people = rowsOf(await collect(open().snapshot())).map((row) => personOf(row)!)
  return new Map(people.map((person) => [person.personId, person]))
}

describe('a snapshot', () => {
  it('is everybody in the register, in batches, without an SSIN', async () => {
    const fresh = await startSandboxServer({ seed: 9, people: PEOPLE })
    const batches = await collect(open({ url: fresh.url }).snapshot())
    expect(batches.map(({ rows, isLast }) => [rows.length, isLast])).toEqual([
      [1_000, false],
      [1_000, false],
      [500, true],
    ])
    expect(new Set(batches.map(({ version, totalPeople }) => `${version} ${totalPeople}`)).size).toBe(1)
    const { people } = generateSandbox({ seed: 9, people: PEOPLE, ssinKey })
    const expected = people.map((person) => ({
      ...person,
      roles: person.roles.map((role) => ({ ...role, source: 'cobrha' })),
    }))
    expect(rowsOf(batches).map(personOf)).toEqual(expected)
    const text = JSON.stringify(batches)
    for (const { ssin } of demoPeople) expect(text).not.toContain(ssin)
    await fresh.close()
  })

  it('goes on behind any batch, also in another process', async () => {
    const all = await collect(open().snapshot())
    for (const [index, { cursor }] of all.entries()) {
      const rest = await collect(open().snapshot({ after: cursor }))
      expect(rowsOf(rest)).toEqual(rowsOf(all.slice(index + 1)))
      expect(rest.at(-1)?.isLast).toBe(true)
    }
  })

  it('is taken up again by itself when the connection breaks', async () => {
    const whole = rowsOf(await collect(open().snapshot()))
    await order('faults', { kind: 'error-503', face: 'manifest' })
    await order('faults', { kind: 'error-503', face: 'rows' })
    // Three times half of what was left.
    await order('faults', { kind: 'cut-off', face: 'rows', next: 3 })
    expect(rowsOf(await collect(open().snapshot()))).toEqual(whole)
  })

  it('of an older version stays readable for a while, and then says that it is replaced', async () => {
    const [first] = await collect(open().snapshot())
    const rest = rowsOf(await collect(open().snapshot({ after: first!.cursor })))
    await order('changes', { add: 5, vanish: 30, move: 30 })
    expect(rowsOf(await collect(open().snapshot({ after: first!.cursor })))).toEqual(rest)
    for (let change = 0; change < 5; change++) await order('changes', { move: 1 })
    const replaced = coded('source-snapshot-replaced')
    await expect(collect(open().snapshot({ after: first!.cursor }))).rejects.toThrow(replaced)
    await expect(collect(open().snapshot({ after: 'of another register' }))).rejects.toThrow(replaced)
  })

  it('can be given up', async () => {
    const giveUp = new AbortController()
    const reading = open().snapshot({ signal: giveUp.signal })[Symbol.asyncIterator]()
    await reading.next()
    giveUp.abort(new Error('enough'))
    await expect(
      (async () => {
        while (!(await reading.next()).done);
      })(),
    ).rejects.toThrow('enough')
  })
})

describe('notifications', () => {
  const now = async (): Promise<string> => (await collect(open().snapshot())).at(-1)!.feedPosition

  it('name who changed, and fetching those makes the old snapshot the new one', async () => {
    const people = await readEverybody()
    const since = await now()
    const { changed } = await order('changes', {
      add: 7,
      move: 20,
      rename: 5,
      loseLicence: ['demo-kevin'],
      decease: 3,
      vanish: 9,
    })
    expect(changed).toHaveLength(45)
    const batches = await collect(open().changes(since))
    expect(new Set(idsOf(batches))).toEqual(new Set(changed.map(({ id }) => id)))
    for (const id of idsOf(batches)) {
      const person = personOf(await open().fetchPerson(id))
      if (person === undefined) people.delete(id)
      else people.set(id, person)
    }
    expect(people.get('demo-kevin')?.roles.every(({ licenceToPractise }) => !licenceToPractise)).toBe(true)
    expect(people).toEqual(await readEverybody())
    const last = batches.at(-1)
    expect(last?.kind === 'changes' && idsOf(await collect(open().changes(last.position)))).toEqual([])
  })

  it('may be repeated and out of order', async () => {
    const since = await now()
    const { changed } = await order('changes', { move: 12 })
    await order('feed', { repeat: true })
    expect(idsOf(await collect(open().changes(since)))).toEqual(changed.map(({ id }) => id))
  })

  it('come in pages', async () => {
    const since = await now()
    await order('changes', { move: 1_250 })
    const batches = await collect(open().changes(since))
    expect(batches.map((batch) => batch.kind === 'changes' && batch.personIds.length)).toEqual([1_000, 250])
  })

  it('call for a snapshot when a number is missing, in the middle or at the end', async () => {
    const gap = [{ kind: 'snapshot-needed', reason: 'gap' }]
    const before = await now()
    await order('feed', { skip: 1 })
    expect(await collect(open().changes(before))).toEqual(gap)
    await order('changes', { move: 1 })
    expect(await collect(open().changes(before))).toEqual(gap)
    const after = await now()
    expect(idsOf(await collect(open().changes(after)))).toEqual([])
  })

  it('call for a snapshot when the feed is another or forgot, and after thirty days', async () => {
    const tooOld = [{ kind: 'snapshot-needed', reason: 'too-old' }]
    const since = await now()
    const days = (count: number) => (): number => Date.now() + count * 24 * 60 * 60_000
    expect((await collect(open({ nowMs: days(29) }).changes(since)))[0]?.kind).toBe('changes')
    expect(await collect(open({ nowMs: days(31) }).changes(since))).toEqual(tooOld)
    await order('changes', { move: 3 })
    await order('feed', { forget: 1_000_000 })
    expect(await collect(open().changes(since))).toEqual(tooOld)
    const ahead = `999999999@${Date.now()}`
    expect(await collect(open().changes(ahead))).toEqual([{ kind: 'snapshot-needed', reason: 'gap' }])
    expect(await collect(open().changes('nonsense'))).toEqual([{ kind: 'snapshot-needed', reason: 'gap' }])
  })

  it('say when the register is away or answers nonsense, and go on afterwards', async () => {
    const since = await now()
    await order('faults', { kind: 'not-xml', face: 'notifications' })
    await expect(collect(open().changes(since))).rejects.toThrow(coded('source-malformed'))
    await order('faults', { kind: 'error-500', next: 2, face: 'notifications' })
    await expect(collect(open({ tries: 2 }).changes(since))).rejects.toThrow(coded('source-unavailable'))
    expect(idsOf(await collect(open().changes(since)))).toEqual([])
  })
})

describe('one person', () => {
  it('is fetched as the register has them, and not at all if it has them no more', async () => {
    expect(await open().fetchPerson('demo-nathalie')).toMatchObject({
      kind: 'person',
      person: { personId: 'demo-nathalie', lastName: 'Van den Berghe' },
    })
    await order('changes', { vanish: ['demo-nathalie'] })
    expect(await open().fetchPerson('demo-nathalie')).toBeUndefined()
    expect(await open().fetchPerson('../snapshots/latest')).toBeUndefined()
  })

  it('is not gone because the address is wrong', async () => {
    const astray = open({ url: `${server.url}/elsewhere` })
    await expect(astray.fetchPerson('demo-kevin')).rejects.toThrow(coded('source-malformed'))
    await expect(collect(astray.snapshot())).rejects.toThrow(coded('source-malformed'))
    await expect(collect(astray.changes(`0@${Date.now()}`))).rejects.toThrow(coded('source-malformed'))
  })

  it('is not looked for under a key that could be guessed', () => {
    expect(() => open({ ssinKey: new Uint8Array(16) })).toThrow(coded('ssin-key-too-short'))
  })
})
