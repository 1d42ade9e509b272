import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Database } from './database.ts'

let folder = ''
let database: Database
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pli-database-'))
  database = new Database(join(folder, 'test.db'))
  database.execute('CREATE TABLE notes (text TEXT UNIQUE)')
})
afterEach(async () => {
  await database.close()
  rmSync(folder, { recursive: true, force: true })
})

it('commits all writes of one turn together', async () => {
  const insert = database.prepare('INSERT INTO notes VALUES (?)')
  const count = database.prepare<{ n: number }>('SELECT count(*) AS n FROM notes')
  const seenAtAnswer = await Promise.all(
    ['a', 'b', 'c'].map(async (text) => {
      await database.write(() => insert.run(text))
      return count.get()?.n
    }),
  )
  expect(seenAtAnswer).toEqual([3, 3, 3])
})

it('undoes only the write that failed, whole', async () => {
  const insert = database.prepare('INSERT INTO notes VALUES (?)')
  const results = await Promise.allSettled([
    database.write(() => insert.run('a')),
    database.write(() => {
      insert.run('half')
      return insert.run('a')
    }),
    database.write(() => insert.run('b')),
  ])
  expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  const rows = database.prepare<{ text: string }>('SELECT text FROM notes ORDER BY text').all()
  expect(rows.map((row) => row.text)).toEqual(['a', 'b'])
})

it('fails every write of a commit that fails, and works again afterwards', async () => {
  const insert = database.prepare('INSERT INTO notes VALUES (?)')
  const pages = database.prepare<{ page_count: number }>('PRAGMA page_count').get()?.page_count ?? 0
  database.execute(`PRAGMA max_page_count = ${pages}`)
  const big = 'x'.repeat(100_000)
  const results = await Promise.allSettled([
    database.write(() => insert.run('small')),
    database.write(() => insert.run(big)),
  ])
  expect(results[1]).toMatchObject({ status: 'rejected', reason: { code: 'unavailable' } })
  database.execute('PRAGMA max_page_count = 100000')
  await database.write(() => insert.run(big))
  const rows = database.prepare<{ text: string }>('SELECT text FROM notes').all()
  // Whatever was confirmed is there, and nothing that was refused.
  expect(rows.map((row) => row.text.length).includes(5)).toBe(results[0]?.status === 'fulfilled')
})

it('asks the engine to reach the disk at every commit: a power cut is no test that can run here', () => {
  expect(database.prepare('PRAGMA journal_mode').get()).toMatchObject({ journal_mode: 'wal' })
  expect(database.prepare('PRAGMA synchronous').get()).toMatchObject({ synchronous: 2 })
})

it('goes on using a statement that failed once', async () => {
  const insert = database.prepare<{ text: string }>('INSERT INTO notes VALUES (?) RETURNING text')
  const write = (text: string) => database.write(() => insert.get(text)?.text)
  await write('a')
  await expect(write('a')).rejects.toMatchObject({ code: 'unavailable' })
  expect(await write('b')).toBe('b')
})

it('tells whoever concluded something from a write in memory when it was undone', async () => {
  const insert = database.prepare('INSERT INTO notes VALUES (?)')
  let undone = 0
  database.onRollback(() => {
    undone += 1
  })
  await database.write(() => insert.run('a'))
  expect(undone).toBe(0)
  await Promise.allSettled([database.write(() => insert.run('b')), database.write(() => insert.run('a'))])
  expect(undone).toBeGreaterThan(0)
})

it('commits a patient write with the next, and soon without one', async () => {
  const insert = database.prepare('INSERT INTO notes VALUES (?)')
  const rows = database.prepare<{ text: string }>('SELECT text FROM notes')
  let answered = false
  const patient = database
    .write(() => insert.run('patient'), { patient: true })
    .then(() => {
      answered = true
    })
  await database.write(() => insert.run('now'))
  expect(rows.all()).toHaveLength(2)
  await patient
  expect(answered).toBe(true)
  await database.write(() => insert.run('alone'), { patient: true })
  expect(rows.all()).toHaveLength(3)
})

it('still deletes when the disk is full, also beside writes that need room', async () => {
  const insert = database.prepare('INSERT INTO notes VALUES (?)')
  const remove = database.prepare('DELETE FROM notes WHERE text = ?')
  const big = (letter: string) => letter.repeat(20_000)
  await database.write(() => insert.run(big('a')))
  const pages = database.prepare<{ page_count: number }>('PRAGMA page_count').get()?.page_count ?? 0
  database.execute(`PRAGMA max_page_count = ${pages}`)
  const results = await Promise.allSettled([
    database.write(() => insert.run(big('b'))),
    database.write(() => remove.run(big('a')), { givesRoom: true }),
    database.write(() => insert.run(big('c'))),
  ])
  expect(results.map((result) => result.status)).toEqual(['rejected', 'fulfilled', 'rejected'])
  // There is room again.
  await database.write(() => insert.run(big('d')))
})

it('refuses what comes in bulk before the disk is full, and nothing else', async () => {
  let free = 10 * 1024 * 1024
  const full = new Database(join(folder, 'full.db'), { freeBytes: () => free })
  full.execute('CREATE TABLE notes (text TEXT)')
  const insert = full.prepare('INSERT INTO notes VALUES (?)')
  expect(full.refusalOfBulk()).toMatchObject({ code: 'unavailable' })
  await full.write(() => insert.run('a removed device'))
  free *= 100
  await expect.poll(() => full.refusalOfBulk(), { timeout: 10_000 }).toBeUndefined()
  await full.close()
})
