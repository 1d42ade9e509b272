/**
 * The demo's scenes against a relay whose store is MongoDB, end to end: a question and its answer, a photo, a device that
 * was away. Nothing of the envelopes is left, and nothing was kept in the data folder.
 */
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readDemoConfig } from '../demo/config.ts'
import { playScenes } from '../demo/scenes.ts'
import { issueOperatorCode, type RelayProcess, startRelayProcess } from '../relay-process.ts'

const uri = new URL(process.env.MONGODB_URI ?? '')
uri.pathname = `/pli-exchange-${process.pid}`
const client = new MongoClient(uri.href)
let folder = ''
let relay: RelayProcess

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pli-exchange-'))
  await mkdir(join(folder, 'data'))
  await mkdir(join(folder, 'logs'))
  await client.connect()
})
afterAll(async () => {
  await relay.stop()
  await client.db().dropDatabase()
  await client.close()
  await rm(folder, { recursive: true, force: true })
})

it('carries the demo’s messages and its photo', async () => {
  const dataDir = join(folder, 'data')
  const environment = { MONGODB_URI: uri.href, SANDBOX_PEOPLE: '600' }
  const options = { dataDir, logDir: join(folder, 'logs'), environment }
  relay = await startRelayProcess(options)
  const outcome = await playScenes({
    relayUrl: relay.url,
    people: await readDemoConfig(relay.url),
    codeFor: (person) => issueOperatorCode(options, person),
    devicesDir: join(folder, 'devices'),
    say: () => undefined,
  })
  expect(outcome.messagesDelivered).toBe(outcome.messagesSent)
  expect(outcome.messagesSent).toBeGreaterThan(0)
  expect(outcome.photoBytes).toBeGreaterThan(0)

  const database = client.db()
  const envelopes = database.collection('envelopes')
  await expect.poll(() => envelopes.countDocuments({}), { timeout: 30_000 }).toBe(0)
  const [photo] = await database.collection('attachmentBytes.files').find({}).toArray()
  expect(photo?.length).toBeGreaterThan(0)
  expect(existsSync(join(dataDir, 'pli.db'))).toBe(false)
  expect(existsSync(join(dataDir, 'attachments'))).toBe(false)
})
