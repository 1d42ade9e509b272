import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SnapshotBatch, SourceRow } from '../source/source.ts'
import { createMemoryStore } from '../store/memory-store.ts'
import { dumpDirectory } from '../store/testing/canonical-dump.ts'
import { synchronise } from '../sync/synchronise.ts'
import { createAnnuaireSanteSource } from './annuaire-sante-source.ts'
import { FrenchFhir, type FrenchPerson, frenchPerson, openFileOf, rowOf } from './testing/french-register.ts'

let folder: string
let file: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pli-annuaire-'))
  file = join(folder, 'PS_LibreAcces_Personne_activite.txt')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const frenchPeople = (count: number) => Array.from({ length: count }, (_, index) => frenchPerson(index + 1))

async function readAll(
  text: string,
  after?: string,
): Promise<{ batches: SnapshotBatch[]; rows: SourceRow[] }> {
  await writeFile(file, text)
  await utimes(file, 1_768_000_000, 1_768_000_000)
  const batches: SnapshotBatch[] = []
  const source = createAnnuaireSanteSource({ file })
  for await (const batch of source.snapshot(after === undefined ? {} : { after })) batches.push(batch)
  return { batches, rows: batches.flatMap(({ rows }) => rows) }
}

const personIn = (row: SourceRow | undefined) => {
  if (row?.kind !== 'person') throw new Error('not a person')
  return row.person
}

describe('the open file', () => {
  it('makes one person of the rows of one person, with a role for each activity', async () => {
    const { rows } = await readAll(openFileOf([frenchPerson(6), frenchPerson(7)]))
    expect(rows).toHaveLength(2)
    const [six, seven] = rows.map(personIn)
    expect(six).toMatchObject({
      personId: `fr-${frenchPerson(6).idnps}`,
      lastName: 'NOM 6',
      firstName: 'Élise',
    })
    expect(six?.rpps).toBe(frenchPerson(6).idnps.slice(1))
    expect(six?.roles.map(({ location }) => location.fr)).toEqual([
      'Lyon 3e Arrondissement',
      'Paris 14e Arrondissement',
    ])
    expect(seven?.roles).toEqual([
      expect.objectContaining({
        profession: 'PHYSICIAN',
        cdHcparty: 'perscardiologist',
        checksumValid: true,
        licenceToPractise: true,
        source: 'annuaire-sante',
        location: {
          postcode: '75014',
          nsi: 'FR75114',
          nl: 'Paris 14e Arrondissement',
          fr: 'Paris 14e Arrondissement',
        },
      }),
    ])
  })

  it('keeps who has no address, knows Corsica, and lets students practise nothing', async () => {
    const base = {
      'Identification nationale PP': frenchPerson(1).idnps,
      'Nom d’exercice': 'X',
      'Code profession': '60',
    }
    const header = openFileOf([]).trimEnd()
    const student = rowOf({ ...base, 'Code catégorie professionnelle': 'E' })
    const { rows } = await readAll(`${header}\n${student}\n`)
    expect(personIn(rows[0]).roles[0]).toMatchObject({
      licenceToPractise: false,
      location: { postcode: '', nsi: 'FR', fr: 'France' },
    })
    const corsica = rowOf({
      ...base,
      'Code postal (coord. structure)': '20000',
      'Code commune (coord. structure)': '2A004',
    })
    expect(personIn((await readAll(`${header}\n${corsica}\n`)).rows[0]).roles[0]?.location.nsi).toBe(
      'FR2A004',
    )
  })

  it('sets bad rows aside with the reason, and takes the good ones beside them', async () => {
    const id = (number: number) => ({ 'Identification nationale PP': frenchPerson(number).idnps })
    const text = [
      openFileOf([frenchPerson(1)]).trimEnd(),
      'too|few|cells',
      rowOf({ ...id(2), 'Code profession': '10' }),
      rowOf({ ...id(3), 'Nom d’exercice': 'X', 'Code profession': '86' }),
      rowOf({ 'Nom d’exercice': 'X', 'Code profession': '10' }),
      `${rowOf({ ...id(4), 'Nom d’exercice': 'X'.repeat(40_000), 'Code profession': '10' })}`,
      openFileOf([frenchPerson(5)]).split('\n')[1],
      '',
    ].join('\n')
    const { rows } = await readAll(text)
    expect(rows.map((row) => (row.kind === 'person' ? 'person' : row.reason))).toEqual([
      'person',
      'row-unreadable',
      'name-unusable',
      'profession-unknown',
      'row-unreadable',
      'row-unreadable',
      'person',
    ])
    expect(rows[2]).toEqual({
      kind: 'quarantined',
      reason: 'name-unusable',
      personId: `fr-${frenchPerson(2).idnps}`,
    })
  })

  it('is refused with other columns, without a header, and when it is cut off', async () => {
    const text = openFileOf(frenchPeople(3))
    for (const wrong of [text.replace('Code profession', 'Code métier'), '', text.slice(0, -30), 'a|b\n']) {
      await expect(readAll(wrong)).rejects.toMatchObject({ code: 'source-malformed' })
    }
    const source = createAnnuaireSanteSource({ file: join(folder, 'nowhere') })
    const reading = source.snapshot()[Symbol.asyncIterator]().next()
    await expect(reading).rejects.toMatchObject({ code: 'source-unavailable' })
  })

  it('reads columns in another order, with separators at the end, carriage returns and a byte order mark', async () => {
    const lines = openFileOf(frenchPeople(2)).trimEnd().split('\n')
    const turned = lines.map((line) => line.split('|').reverse().join('|'))
    const { rows } = await readAll(`\uFEFF${turned.map((line) => `${line}|\r\n`).join('')}`)
    expect(rows).toEqual(
      (await readAll(openFileOf(frenchPeople(2)))).rows.map((row) => ({
        ...row,
        person: {
          ...personIn(row),
          roles: personIn(row).roles.map((role) => ({ ...role, sourceVersion: expect.any(String) })),
        },
      })),
    )
  })

  it('goes on behind a cursor without losing or repeating anybody, and not in another file', async () => {
    const text = openFileOf(frenchPeople(2_500))
    const { batches, rows } = await readAll(text)
    expect(batches.map((batch) => [batch.rows.length, batch.isLast])).toEqual([
      [1000, false],
      [1000, false],
      [500, true],
    ])
    const rest = await readAll(text, batches[0]?.cursor)
    expect(rest.rows).toEqual(rows.slice(1000))
    const other = readAll(openFileOf(frenchPeople(2_501)), batches[0]?.cursor)
    await expect(other).rejects.toMatchObject({ code: 'source-snapshot-replaced' })
  })
})

describe('the open file behind an address', () => {
  let server: Server
  let ranges: (string | undefined)[]
  let knowsRanges: boolean
  const text = openFileOf(frenchPeople(1_500))
  beforeEach(async () => {
    ranges = []
    knowsRanges = true
    server = createServer((request, response) => {
      ranges.push(request.headers.range)
      const bytes = Buffer.from(text)
      const from = knowsRanges ? Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0) : 0
      response.writeHead(from > 0 ? 206 : 200, {
        'Last-Modified': new Date(1_768_000_000_000).toUTCString(),
        'Content-Length': bytes.length - from,
        ...(from > 0 ? { 'Content-Range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` } : {}),
      })
      response.end(bytes.subarray(from))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  afterEach(() => {
    server.close()
    server.closeAllConnections()
  })

  it('is read, and gone on with whether the server knows ranges or not', async () => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/file.txt`
    const read = async (after?: string) => {
      const source = createAnnuaireSanteSource({ file: url })
      const batches = []
      for await (const batch of source.snapshot(after === undefined ? {} : { after })) batches.push(batch)
      source.close()
      return batches
    }
    const whole = await read()
    expect(whole.map(({ rows }) => rows.length)).toEqual([1000, 500])
    const rest = await read(whole[0]?.cursor)
    expect(rest).toEqual(whole.slice(1))
    expect(ranges.at(-1)).toMatch(/^bytes=\d+-$/)
    knowsRanges = false
    expect(await read(whole[0]?.cursor)).toEqual(whole.slice(1))
  })
})

describe('the FHIR interface', () => {
  const DAY_MS = 24 * 3600_000
  let fhir: FrenchFhir
  let people: FrenchPerson[]
  let nowMs: number
  beforeEach(async () => {
    nowMs = Date.UTC(2026, 0, 20)
    people = frenchPeople(60)
    fhir = await FrenchFhir.start(people)
    await publish()
  })
  afterEach(() => fhir.stop())

  /** The open file of this moment. */
  async function publish(): Promise<void> {
    await writeFile(file, openFileOf(people))
    await utimes(file, nowMs / 1000, nowMs / 1000)
  }
  const source = () =>
    createAnnuaireSanteSource({ file, fhirUrl: fhir.url, apiKey: 'a key', nowMs: () => nowMs, tries: 1 })

  it('after a file, equals a later file: changed, new, closed, an activity closed', async () => {
    const store = createMemoryStore()
    await synchronise({ source: source(), store, nowMs: () => nowMs })
    nowMs += 5 * DAY_MS
    const touch = (index: number) => {
      const person = people[index]
      if (person === undefined) throw new Error('nobody')
      return Object.assign(person, { updatedAtMs: nowMs })
    }
    touch(3).lastName = 'MARIÉE'
    touch(8).active = false
    Object.assign(touch(5).activities[1] ?? {}, { active: false })
    Object.assign(touch(6).activities[0] ?? {}, { active: false })
    for (let number = 61; number <= 90; number += 1)
      people.push({ ...frenchPerson(number), updatedAtMs: nowMs })
    const report = await synchronise({ source: source(), store, nowMs: () => nowMs })
    expect(report).toMatchObject({ outcome: 'taken-in', added: 30, changed: 3, gone: 1, fetched: 34 })
    expect(report.snapshot).toBeUndefined()
    expect(fhir.asked.every(({ key }) => key === 'a key')).toBe(true)

    await publish()
    const fresh = createMemoryStore()
    await synchronise({ source: source(), store: fresh, nowMs: () => nowMs })
    expect(await dumpDirectory(store)).toBe(await dumpDirectory(fresh))
    const again = await synchronise({ source: source(), store, nowMs: () => nowMs })
    expect(again).toMatchObject({ outcome: 'unchanged', gone: 0 })
  })

  it('reaches 30 days back: after that the file is read', async () => {
    const store = createMemoryStore()
    await synchronise({ source: source(), store, nowMs: () => nowMs })
    nowMs += 31 * DAY_MS
    const report = await synchronise({ source: source(), store, nowMs: () => nowMs })
    expect(report.snapshot?.reason).toBe('too-old')
  })

  it('never takes the key elsewhere, whatever a page’s link says', async () => {
    Object.assign(people[0] ?? {}, { updatedAtMs: nowMs })
    for (const person of people) person.updatedAtMs = nowMs
    fhir.nextOrigin = 'http://127.0.0.1:9'
    const reading = async () => {
      for await (const _ of source().changes(new Date(nowMs - DAY_MS).toISOString()));
    }
    await expect(reading()).rejects.toMatchObject({ code: 'source-malformed' })
  })

  it('is not needed: then a newer file is a new snapshot', async () => {
    const store = createMemoryStore()
    const filesOnly = () => createAnnuaireSanteSource({ file })
    await synchronise({ source: filesOnly(), store, nowMs: () => nowMs })
    expect((await synchronise({ source: filesOnly(), store, nowMs: () => nowMs })).snapshot).toBeUndefined()
    nowMs += DAY_MS
    people.push(frenchPerson(99))
    await publish()
    const report = await synchronise({ source: filesOnly(), store, nowMs: () => nowMs })
    expect(report).toMatchObject({ added: 1, snapshot: { reason: 'gap' } })
  })
})
