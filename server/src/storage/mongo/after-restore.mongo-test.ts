/** A database put back to an earlier state, as `mongorestore` leaves it: what devices saw since then is not forgotten. */
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import mongoose from 'mongoose'
import { expect, it } from 'vitest'
import { open, uriOf } from '../testing/mongo-engine.ts'
import {
  deviceKeys,
  nowMs,
  personId,
  register,
  registration,
  sha256,
  submission,
} from '../testing/samples.ts'

const root = fileURLToPath(new URL('../../../..', import.meta.url))
const operator = ['tsx', 'server/src/operator.ts', 'restored']

/** Every collection as it is now; what is called brings exactly that back. */
async function dump(database: mongoose.mongo.Db): Promise<() => Promise<void>> {
  const names = (await database.listCollections().toArray()).map(({ name }) => name)
  const documents = new Map<string, mongoose.mongo.Document[]>()
  for (const name of names) documents.set(name, await database.collection(name).find({}).toArray())
  return async () => {
    for (const [name, kept] of documents) {
      await database.collection(name).deleteMany({})
      if (kept.length > 0) await database.collection(name).insertMany(kept)
    }
  }
}

it('uses no sequence, prekey or code again that was used since the backup', async () => {
  const folder = randomUUID()
  const connection = await mongoose.createConnection(uriOf(folder)).asPromise()
  const before = await open(folder)
  const address = await register(before, registration('p1', { keys: deviceKeys([1, 2]) }))
  const hash = sha256('code')
  await before.tickets.put({
    kind: 'operator_code',
    hash,
    personId: personId('p1'),
    value: '{}',
    expiresAtMs: nowMs + 1,
  })
  await before.envelopes.submit(submission(address.accountId, { key: 'waits' }))
  const restore = await dump(connection.db!)

  const seen = await before.envelopes.submit(submission(address.accountId, { key: 'since then' }))
  expect(seen).toMatchObject({ outcome: 'stored', sequences: [2] })
  await before.keys.takeBundles(address.accountId, { oneTime: true })
  await before.tickets.take('operator_code', hash, nowMs)
  await before.close()

  await restore()
  const { stdout } = await promisify(execFile)('npx', operator, {
    cwd: root,
    env: { ...process.env, MONGODB_URI: uriOf(folder) },
  })
  expect(stdout).toMatch(/made safe/)
  const after = await open(folder)
  expect(await after.tickets.take('operator_code', hash, nowMs)).toBeUndefined()
  const bundles = await after.keys.takeBundles(address.accountId, { oneTime: true })
  expect(bundles?.devices[0]?.preKey).toBeUndefined()
  const next = await after.envelopes.submit(submission(address.accountId, { key: 'after' }))
  expect(next.outcome === 'stored' && next.sequences?.[0]).toBeGreaterThan(1_000_000)
  // What waited in the backup is still there, and first.
  const all = { afterSequence: 0, maxEnvelopes: 9, maxBytes: 1e6 }
  expect((await after.envelopes.list(address, all)).map(({ sequence }) => sequence)[0]).toBe(1)
  expect(await after.envelopes.list(address, all)).toHaveLength(2)
  await after.close()
  await connection.dropDatabase()
  await connection.close()
})

it('says what is missing: an address, or a server that answers', async () => {
  const run = (uri: string) =>
    promisify(execFile)('npx', operator, { cwd: root, env: { ...process.env, MONGODB_URI: uri } })
  await expect(run('')).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('MONGODB_URI') })
  const nobody = run('mongodb://:a-secret@127.0.0.1:1/')
  await expect(nobody).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('does not answer') })
  await nobody.catch(({ stderr }) => expect(stderr).not.toContain('a-secret'))
})
