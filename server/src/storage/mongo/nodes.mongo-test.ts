/** Several relays over one database, and what they leave to each other when they die. */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AccountId, DeviceId } from '@pli/protocol/wire'
import mongoose from 'mongoose'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { DeviceAddress, QueuedEnvelope, Storage } from '../interfaces.ts'
import { open, uriOf } from '../testing/mongo-engine.ts'
import {
  bytes,
  deviceKeys,
  hex,
  nowMs,
  personId,
  register,
  registration,
  sha256,
  submission,
} from '../testing/samples.ts'

let folder = ''
let nodes: Storage[] = []
let database: mongoose.mongo.Db
let connection: mongoose.Connection

beforeEach(async () => {
  folder = randomUUID()
  connection = await mongoose.createConnection(uriOf(folder)).asPromise()
  if (!connection.db) throw new Error('not connected')
  database = connection.db
  // At once: two nodes that start together bring the schema up together.
  nodes = await Promise.all([open(folder), open(folder), open(folder)])
})
afterEach(async () => {
  await Promise.all(nodes.map((node) => node.close()))
  await database.dropDatabase()
  await connection.close()
})

const node = (index: number): Storage => {
  const found = nodes[index % nodes.length]
  if (!found) throw new Error('no such node')
  return found
}
const range = (count: number) => Array.from({ length: count }, (_, index) => index)

/** Reads as a connection does: never again what it has passed. */
async function follow(storage: Storage, address: DeviceAddress, count: number): Promise<QueuedEnvelope[]> {
  const seen: QueuedEnvelope[] = []
  const deadlineMs = Date.now() + 60_000
  while (seen.length < count && Date.now() < deadlineMs) {
    const bounds = { afterSequence: seen.at(-1)?.sequence ?? 0, maxEnvelopes: 20, maxBytes: 1e6 }
    seen.push(...(await storage.envelopes.list(address, bounds)))
  }
  return seen
}

it('shows a reader every envelope that other nodes store at the same time, none passed over', async () => {
  const address = await register(node(0), registration('p1'))
  const reading = follow(node(2), address, 120)
  const submitted = await Promise.all(
    range(120).map(async (index) => {
      await sleep(index * 3)
      return node(index % 2).envelopes.submit(submission(address.accountId))
    }),
  )
  expect(new Set(submitted.map(({ outcome }) => outcome))).toEqual(new Set(['stored']))
  const sequences = (await reading).map(({ sequence }) => sequence)
  expect(sequences).toHaveLength(120)
  expect(sequences).toEqual([...new Set(sequences)].sort((a, b) => a - b))
})

it('takes several hundred at once from one sender to one device, in their order, and lets all of them go', async () => {
  const address = await register(node(0), registration('p1'))
  const requests = range(300).map(() => submission(address.accountId))
  const submitted = await Promise.all(requests.map((request) => node(0).envelopes.submit(request)))
  expect(submitted).toEqual(range(300).map((index) => ({ outcome: 'stored', sequences: [index + 1] })))
  const sequences = (await follow(node(1), address, 300)).map(({ sequence }) => sequence)
  expect(await node(1).envelopes.acknowledge(address, sequences)).toBe(300)
  await expect.poll(() => database.collection('envelopes').countDocuments(), { timeout: 60_000 }).toBe(0)
  const states = await node(2).envelopes.states(requests.map(({ keyHash }) => keyHash))
  expect(new Set(states)).toEqual(new Set(['delivered']))
})

it('hands out one-time keys and tickets once to 50 clients at three nodes', async () => {
  const { accountId } = await register(node(0), registration('p1', { keys: deviceKeys(range(30)) }))
  const hash = sha256('code')
  const ticket = {
    kind: 'operator_code' as const,
    hash,
    personId: personId('p1'),
    value: '{}',
    expiresAtMs: nowMs + 1,
  }
  await node(1).tickets.put(ticket)
  const [bundles, tickets] = await Promise.all([
    Promise.all(range(50).map((index) => node(index).keys.takeBundles(accountId, { oneTime: true }))),
    Promise.all(range(50).map((index) => node(index).tickets.take('operator_code', hash, nowMs))),
  ])
  const ids = bundles.flatMap((bundle) => bundle?.devices[0]?.preKey?.id ?? [])
  expect(ids.sort((a, b) => a - b)).toEqual(range(30))
  expect(tickets.filter((one) => one !== undefined)).toHaveLength(1)
})

it('lets one of many registrations at once win, with its keys and its token', async () => {
  const wanted = range(6).map(() => registration('p1', { keys: deviceKeys([1]), replaceExisting: false }))
  const results = await Promise.all(wanted.map((one, index) => node(index).devices.register(one)))
  const outcomes = results.map(({ outcome }) => outcome).sort()
  expect(outcomes).toEqual([...Array(5).fill('device_exists'), 'registered'])
  const winner = results.findIndex(({ outcome }) => outcome === 'registered')
  const found = await Promise.all(wanted.map((one) => node(1).devices.byTokenHash(one.tokenHash)))
  expect(found.map((device) => device !== undefined)).toEqual(wanted.map((_, index) => index === winner))
  expect(await database.collection('signedKeys').countDocuments()).toBe(1)
})

it('stores once what is submitted again after a node died between the envelope and its record', async () => {
  const address = await register(node(0), registration('p1'))
  const request = submission(address.accountId, { key: 'cut short' })
  await node(0).envelopes.submit(request)
  await database.collection('submissions').deleteMany({})
  // Whoever may have read it has it under its sequence: it keeps that.
  expect(await node(1).envelopes.submit(request)).toEqual({ outcome: 'stored' })
  expect(await node(1).envelopes.queueLength(address)).toBe(1)
  expect(await node(1).envelopes.states([request.keyHash])).toEqual(['queued'])
  expect(await follow(node(2), address, 1)).toHaveLength(1)
})

it('shows in its place what a node noted and did not write on the envelope before it died', async () => {
  const address = await register(node(0), registration('p1'))
  await node(1).envelopes.submit(submission(address.accountId, { key: 'first' }))
  await node(1).envelopes.submit(submission(address.accountId, { key: 'second' }))
  const envelopes = database.collection<{ _id: string }>('envelopes')
  const queues = database.collection<{ _id: string }>('queues')
  const { _id } = (await envelopes.findOneAndUpdate({ sequence: 1 }, { $set: { sequence: 0 } }))!
  await queues.updateOne({}, { $set: { unwritten: [`1 ${_id}`] } })
  expect((await follow(node(2), address, 2)).map(({ sequence }) => sequence)).toEqual([1, 2])
  expect(await queues.findOne({})).toMatchObject({ unwritten: [] })
})

it('leaves in its place what is submitted again after a node died before it wrote the place on the envelope', async () => {
  const address = await register(node(0), registration('p1'))
  const request = submission(address.accountId, { key: 'cut short' })
  await node(0).envelopes.submit(request)
  const envelopes = database.collection<{ _id: string }>('envelopes')
  const { _id } = (await envelopes.findOneAndUpdate({}, { $set: { sequence: 0 } }))!
  await database.collection('queues').updateOne({}, { $set: { unwritten: [`1 ${_id}`] } })
  await database.collection('submissions').deleteMany({})
  // Not said: a reader may have it already.
  expect(await node(1).envelopes.submit(request)).toEqual({ outcome: 'stored' })
  expect(await envelopes.findOne({})).toMatchObject({ sequence: 1 })
  expect(await database.collection('queues').findOne({})).toMatchObject({ queued: 1, unwritten: [] })
})

it('shows nothing of a submission whose node died before it had a place, until it is repeated', async () => {
  const address = await register(node(0), registration('p1'))
  const request = submission(address.accountId, { key: 'cut short' })
  await node(0).envelopes.submit(request)
  // As it was before the queue was told.
  await database.collection('submissions').deleteMany({})
  await database.collection('envelopes').updateOne({}, { $set: { sequence: 0 } })
  await database.collection('queues').updateOne({}, { $set: { lastSequence: 0, queued: 0 } })
  expect(await node(1).envelopes.list(address, { afterSequence: 0, maxEnvelopes: 5, maxBytes: 1e6 })).toEqual(
    [],
  )
  expect(await node(1).envelopes.queueLength(address)).toBe(0)
  await node(1).envelopes.submit(submission(address.accountId, { key: 'another' }))
  expect(await node(2).envelopes.submit(request)).toEqual({ outcome: 'stored', sequences: [2] })
  expect((await follow(node(2), address, 2)).map(({ sequence }) => sequence)).toEqual([1, 2])
})

it('takes no room in a queue for what never got a place, and finds room again that a crash had taken', async () => {
  const address = await register(node(0), registration('p1'))
  const limited = (key: string) => submission(address.accountId, { key, queuedAtMost: 2 })
  await node(0).envelopes.submit(limited('first'))
  const queues = database.collection<{ _id: string; queued: number; unwritten: string[] }>('queues')
  const queued = async () => (await queues.findOne({}))?.queued
  const { _id, ...first } = (await database.collection('envelopes').findOne({}))!
  const orphan = { ...first, _id: `${hex(sha256('never repeated'))}:${first.device}`, sequence: 0 }
  await database.collection<{ _id: string }>('envelopes').insertOne(orphan)
  await queues.updateOne({}, { $set: { queued: 2, unwritten: [`1 ${_id}`] } })
  expect((await node(1).envelopes.submit(limited('second'))).outcome).toBe('stored')
  expect((await node(1).envelopes.submit(limited('third'))).outcome).toBe('queue_full')
  expect(await queued()).toBe(2)
  await database
    .collection('envelopes')
    .updateOne({ _id: orphan._id as never }, { $set: { expiresAt: new Date(0) } })
  await node(1).envelopes.sweep(nowMs, 100)
  expect(await database.collection('envelopes').countDocuments()).toBe(2)
  expect(await queued()).toBe(2)
})

it('brings queues of the second schema to the third', async () => {
  const address = await register(node(0), registration('p1'))
  const queues = database.collection<{ _id: string }>('queues')
  await queues.updateOne({}, { $set: { pending: [] }, $unset: { unwritten: '' } })
  await database.collection<{ _id: string }>('schema').updateOne({ _id: 'relay' }, { $set: { version: 2 } })
  const next = await open(folder)
  await next.envelopes.submit(submission(address.accountId))
  await next.close()
  expect(await queues.findOne({})).toMatchObject({ lastSequence: 1, unwritten: [] })
  expect(await queues.findOne({})).not.toHaveProperty('pending')
})

it('finishes what a dead node had begun: an acknowledgement, an erasure, a device that never arrived', async () => {
  const kept = await register(node(0), registration('kept'))
  const gone = await register(node(0), registration('gone', { keys: deviceKeys([1]) }))
  await node(0).envelopes.submit(submission(kept.accountId, { key: 'read' }))
  await node(0).envelopes.submit(submission(gone.accountId, { key: 'lost' }))
  const longAgo = new Date(Date.now() - 3600_000)
  // Each as a crash after its first step leaves it.
  const envelopes = database.collection<{ _id: string }>('envelopes')
  const read = { _id: { $regex: `^${hex(sha256('read'))}` } }
  await envelopes.updateOne(read, {
    $set: { state: 'acknowledged', goneAt: longAgo },
    $unset: { content: 1 },
  })
  const accounts = database.collection<{ _id: AccountId; devices: { deviceKey: string }[] }>('accounts')
  const device = (await accounts.findOne({ _id: gone.accountId }))?.devices[0]?.deviceKey ?? ''
  const transitions = database.collection<{ _id: string; accountId: string; since: Date }>('transitions')
  await transitions.insertOne({ _id: device, accountId: gone.accountId, since: longAgo })
  await accounts.updateOne({ _id: gone.accountId }, { $set: { devices: [] } })

  expect(await node(1).envelopes.states(['read', 'lost'].map(sha256))).toEqual(['delivered', 'queued'])
  await node(1).envelopes.sweep(nowMs, 100)
  expect(await node(1).envelopes.states(['read', 'lost'].map(sha256))).toEqual(['delivered', 'expired'])
  expect(await envelopes.countDocuments()).toBe(0)
  for (const name of ['oneTimeKeys', 'credentials', 'queues', 'signedKeys']) {
    const left = await database.collection(name).find({}).toArray()
    expect(left.filter((one) => one._id === (device as unknown) || one.device === device)).toEqual([])
  }
  expect(
    await node(2).devices.byAddress({ accountId: kept.accountId, deviceId: 1 as DeviceId }),
  ).toBeDefined()
  expect(await transitions.findOne({ _id: device })).toBeNull()
})

it('refuses a database that a newer version wrote', async () => {
  await database.collection<{ _id: string }>('schema').updateOne({ _id: 'relay' }, { $set: { version: 999 } })
  await expect(open(folder)).rejects.toMatchObject({ code: 'unavailable', message: /newer version/ })
})

it('keeps no idempotency key, and nothing of an envelope that was acknowledged but what became of it', async () => {
  const address = await register(node(0), registration('p1'))
  const content = bytes(64)
  await node(0).envelopes.submit(submission(address.accountId, { key: 'an-idempotency-key', content }))
  await node(0).envelopes.acknowledge(address, [1])
  const left = JSON.stringify(await database.collection('envelopes').find({}).toArray())
  expect(left).not.toContain(Buffer.from(content).toString('base64'))
  await expect.poll(() => database.collection('envelopes').countDocuments(), { timeout: 30_000 }).toBe(0)
  expect(await node(1).envelopes.states([sha256('an-idempotency-key')])).toEqual(['delivered'])
  for (const { name } of await database.listCollections().toArray()) {
    expect(JSON.stringify(await database.collection(name).find({}).toArray())).not.toContain(
      'an-idempotency-key',
    )
  }
})
