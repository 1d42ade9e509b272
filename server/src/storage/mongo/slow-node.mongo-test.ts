/**
 * A node that stands still in the middle of a submission, at each step it takes in turn. The sender gives it up,
 * submits the same elsewhere and goes on writing; then the slow node goes on where it stood. Whatever it does then,
 * the recipient gets each message once, under one sequence, in the order in which it was written.
 */
import { randomUUID } from 'node:crypto'
import mongoose from 'mongoose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DeviceAddress, QueuedEnvelope, Storage } from '../interfaces.ts'
import { mongoServer, open, uriOf } from '../testing/mongo-engine.ts'
import { hex, nowMs, register, registration, submission } from '../testing/samples.ts'
import { openStallingDoor, type StallingDoor } from '../testing/stalling-door.ts'
import { openMongoStorage } from './open.ts'

const folder = randomUUID()
let door: StallingDoor
let slow: Storage
let other: Storage
let reader: Storage
let connection: mongoose.Connection

// The door stands before one server: an address that names several, or looks one up, cannot go through it.
const { protocol, host, hostname, port } = new URL(mongoServer())
const isOneServer = protocol === 'mongodb:' && !host.includes(',')

beforeAll(async () => {
  if (!isOneServer) return
  door = await openStallingDoor(hostname, Number(port || 27_017))
  const throughDoor = new URL(uriOf(folder))
  throughDoor.host = `127.0.0.1:${door.port}`
  throughDoor.searchParams.set('directConnection', 'true')
  ;[other, reader] = await Promise.all([open(folder), open(folder)])
  slow = await openMongoStorage({ uri: throughDoor.href, expiryBackstop: false })
  connection = await mongoose.createConnection(uriOf(folder)).asPromise()
})
afterAll(async () => {
  if (!isOneServer) return
  await Promise.all([slow, other, reader].map((storage) => storage.close()))
  await connection.dropDatabase()
  await connection.close()
  door.close()
})

const textOf = ({ content }: QueuedEnvelope) => Buffer.from(content).toString()
const message = (address: DeviceAddress, text: string) =>
  submission(address.accountId, { key: `${address.accountId} ${text}`, content: Buffer.from(text) })

/** Never again what it has passed, as a connection reads. */
class Reader {
  readonly seen: QueuedEnvelope[] = []
  readonly #address: DeviceAddress

  constructor(address: DeviceAddress) {
    this.#address = address
  }

  async until(count: number): Promise<void> {
    await expect.poll(() => this.look(), { timeout: 30_000, interval: 20 }).toBeGreaterThanOrEqual(count)
  }

  async look(): Promise<number> {
    const afterSequence = this.seen.at(-1)?.sequence ?? 0
    this.seen.push(
      ...(await reader.envelopes.list(this.#address, { afterSequence, maxEnvelopes: 20, maxBytes: 1e6 })),
    )
    return this.seen.length
  }
}

async function settled(address: DeviceAddress, sequences: number[]): Promise<void> {
  await reader.envelopes.acknowledge(address, sequences)
  // Until nothing is left of them but the submission: whoever comes now finds no envelope.
  await expect
    .poll(() => connection.collection('envelopes').countDocuments({ state: { $ne: 'waiting' } }), {
      timeout: 30_000,
    })
    .toBe(0)
}

/** Returns false when the submission was through before it could be held. */
async function play(steps: number, isReadMeanwhile: boolean): Promise<boolean> {
  const address = await register(reader, registration(`after ${steps} ${isReadMeanwhile}`))
  const reading = new Reader(address)
  const held = door.stallAfter(steps)
  const lateAnswer = slow.envelopes.submit(message(address, 'first'))
  const isHeld = await Promise.race([held.then(() => true), lateAnswer.then(() => false)])

  const again = await other.envelopes.submit(message(address, 'first'))
  expect(['stored', 'duplicate']).toContain(again.outcome)
  expect((await other.envelopes.submit(message(address, 'second'))).outcome).toBe('stored')
  await reading.until(2)
  if (isReadMeanwhile)
    await settled(
      address,
      reading.seen.map(({ sequence }) => sequence),
    )
  door.release()
  expect(['stored', 'duplicate']).toContain((await lateAnswer).outcome)

  await slow.envelopes.submit(message(address, 'third'))
  await reading.until(3)
  expect(await reading.look()).toBe(3)
  expect(reading.seen.map(textOf)).toEqual(['first', 'second', 'third'])
  const left = reading.seen.slice(isReadMeanwhile ? 2 : 0)
  const all = { afterSequence: 0, maxEnvelopes: 20, maxBytes: 1e6 }
  expect(await reader.envelopes.list(address, all)).toEqual(left)
  expect(await reader.envelopes.queueLength(address)).toBe(left.length)
  // Nor is anything left that nobody would ever read.
  const first = { $regex: `^${hex(message(address, 'first').keyHash)}` } as object
  expect(await connection.collection('envelopes').countDocuments({ _id: first })).toBe(
    isReadMeanwhile ? 0 : 1,
  )
  const states = await reader.envelopes.states(
    ['first', 'second', 'third'].map((text) => message(address, text).keyHash),
  )
  expect(states).toEqual(isReadMeanwhile ? ['delivered', 'delivered', 'queued'] : Array(3).fill('queued'))
  expect((await other.envelopes.submit(message(address, 'first'))).outcome).toBe('duplicate')
  return isHeld
}

describe.skipIf(!isOneServer)('a node that stands still in the middle of a submission', () => {
  it.each([false, true])('tells it once and in order (read meanwhile: %s)', async (isReadMeanwhile) => {
    let steps = 0
    while (await play(steps, isReadMeanwhile)) steps += 1
    // It was held at least before its reads, its envelope, its place and its record.
    expect(steps).toBeGreaterThan(4)
    expect(await reader.envelopes.sweep(nowMs, 100)).toMatchObject({ envelopes: 0 })
  })
})
