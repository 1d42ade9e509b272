/** The directory's suite on MongoDB, and what a writer that died leaves to the next. */
import { randomUUID } from 'node:crypto'
import type { Person } from '@pli/directory'
import type { DirectoryStore, DirectoryWriter, StagedBatch } from '@pli/directory/store'
import { describeDirectoryStore } from '@pli/directory/store/suite'
import mongoose from 'mongoose'
import { expect, it } from 'vitest'
import { uriOf } from '../testing/mongo-engine.ts'
import { openMongoDirectory } from './open-directory.ts'

let folder: string | undefined

async function withDatabase<T>(name: string, work: (db: mongoose.mongo.Db) => Promise<T>): Promise<T> {
  const connection = await mongoose.createConnection(uriOf(name)).asPromise()
  try {
    if (!connection.db) throw new Error('not connected')
    return await work(connection.db)
  } finally {
    await connection.close()
  }
}

describeDirectoryStore('the directory on MongoDB', {
  open() {
    folder ??= randomUUID()
    return openMongoDirectory({ uri: uriOf(folder) })
  },
  async clean() {
    if (folder !== undefined) await withDatabase(folder, (db) => db.dropDatabase())
    folder = undefined
  },
})

const NOW_MS = Date.UTC(2026, 0, 15)

function person(personId: string, lastName = 'Peeters'): Person {
  return { personId, lastName, firstName: 'An', language: 'nl', deceased: false, roles: [] }
}

function batch(people: Person[], isLast: boolean): StagedBatch {
  return { people, setAside: [], refusedRoles: [], cursor: `after ${people.at(-1)?.personId}`, isLast }
}

async function take(writer: DirectoryWriter, people: Person[]): Promise<void> {
  await writer.beginStaging({
    source: 'cobrha',
    sourceVersion: 'v1',
    feedPosition: 'start',
    startedAtMs: NOW_MS,
  })
  await writer.stage(batch(people, true))
  await writer.swap(NOW_MS)
}

/** Two processes over one database; the first one's writer is about to die. */
async function withTwo(
  work: (first: DirectoryStore, second: DirectoryStore, db: mongoose.mongo.Db) => Promise<void>,
): Promise<void> {
  const name = randomUUID()
  await withDatabase(name, async (db) => {
    const [first, second] = [
      await openMongoDirectory({ uri: uriOf(name) }),
      await openMongoDirectory({ uri: uriOf(name) }),
    ]
    try {
      await work(first, second, db)
    } finally {
      await first.close()
      await second.close()
      await db.dropDatabase()
    }
  })
}

const stateOf = (db: mongoose.mongo.Db) => db.collection<{ _id: string }>('directory.state')
const leaseEnds = (db: mongoose.mongo.Db) =>
  stateOf(db).updateOne({ _id: 'state' }, { $set: { 'writer.until': new Date(0) } })

it('lets another process write when a writer died, and the dead one change nothing if it wakes', () =>
  withTwo(async (first, second, db) => {
    const dead = await first.openWriter()
    await take(dead, [person('p-1')])
    await expect(second.openWriter()).rejects.toMatchObject({ code: 'sync-running' })
    await leaseEnds(db)
    const writer = await second.openWriter()
    const change = { personId: 'p-1', person: person('p-1', 'Changed') }
    await expect(dead.applyChanges([change], 'late', NOW_MS)).rejects.toMatchObject({ code: 'sync-running' })
    expect((await second.personsById(['p-1'])).get('p-1')?.lastName).toBe('Peeters')
    expect(await writer.feedPosition()).toMatchObject({ position: 'start' })
    await writer.close()
  }))

it('undoes the half of a batch that a writer died in, and goes on behind the last whole one', () =>
  withTwo(async (first, second, db) => {
    const dead = await first.openWriter()
    await dead.beginStaging({
      source: 'cobrha',
      sourceVersion: 'v1',
      feedPosition: 'start',
      startedAtMs: NOW_MS,
    })
    await dead.stage(batch([person('p-1'), person('p-2')], false))
    const whole = await stateOf(db).findOne({ _id: 'state' })
    await dead.stage(batch([person('p-2', 'Half'), person('p-3')], true))
    // As a kill after the people and before the state leaves it.
    if (whole) await stateOf(db).replaceOne({ _id: 'state' }, whole)
    await leaseEnds(db)
    const writer = await second.openWriter()
    expect(await writer.staged()).toMatchObject({ cursor: 'after p-2', isComplete: false, people: 2 })
    await writer.stage(batch([person('p-4')], true))
    expect(await writer.compare()).toMatchObject({ people: 3, added: 3, repeated: 0 })
    await writer.swap(NOW_MS)
    const found = await second.personsById(['p-1', 'p-2', 'p-3', 'p-4'])
    expect([...found.keys()].sort()).toEqual(['p-1', 'p-2', 'p-4'])
    expect(found.get('p-2')?.lastName).toBe('Peeters')
    await writer.close()
  }))

it('finishes the changes that a writer died in: all of them, with their sequences', () =>
  withTwo(async (first, second, db) => {
    const dead = await first.openWriter()
    await take(dead, [person('p-1'), person('p-2')])
    const before = await stateOf(db).findOne<{ _id: string; current: object }>({ _id: 'state' })
    const people = db.collection<{ _id: string }>('directory.people.1')
    const old = await people.find({}).toArray()
    const changes = ['p-1', 'p-2'].map((id) => ({ personId: id, person: person(id, 'Changed') }))
    const { version } = await dead.applyChanges(changes, 'next', NOW_MS)
    // As a kill after the note and before the records leaves it.
    await db.collection<{ _id: string }>('directory.pending').insertMany(await people.find({}).toArray())
    for (const one of old) await people.replaceOne({ _id: one._id }, one)
    const applying = { version, feed: { position: 'next', atMs: NOW_MS } }
    if (before) await stateOf(db).replaceOne({ _id: 'state' }, { ...before, applying } as { _id: string })
    expect(await second.changesSince({ generation: 1, sequence: 0 }, 10)).toMatchObject({ changes: [] })
    await leaseEnds(db)
    await (await second.openWriter()).close()
    expect(await second.current()).toEqual(version)
    expect(await second.changesSince({ generation: 1, sequence: 0 }, 10)).toMatchObject({
      changes: [
        { sequence: 1, personId: 'p-1', person: { lastName: 'Changed' } },
        { sequence: 2, personId: 'p-2', person: { lastName: 'Changed' } },
      ],
    })
  }))
