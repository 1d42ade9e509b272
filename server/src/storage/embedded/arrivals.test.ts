import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DeviceId } from '@pli/protocol/wire'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { DeviceAddress, Storage } from '../interfaces.ts'
import { bytes, hex, register, registration, sha256, submission } from '../testing/samples.ts'
import { ARRIVAL_AT_MOST_BYTES } from './arrivals.ts'
import type { Database } from './database.ts'
import { openEmbeddedStorage } from './open.ts'

let folder = ''
let storage: Storage
let engine: Database
let address: DeviceAddress
const everything = { afterSequence: 0, maxEnvelopes: 100, maxBytes: 1024 * 1024 }

async function open(file: string): Promise<Storage> {
  const options = {
    opened: (database: Database) => {
      engine = database
    },
  }
  return openEmbeddedStorage(join(folder, file), options)
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pli-arrivals-'))
  storage = await open('relay.db')
  address = await register(storage, registration('p1'))
})
afterEach(async () => {
  await storage.close()
  await rm(folder, { recursive: true, force: true })
})

const submit = (content: Uint8Array, key?: string) =>
  storage.envelopes.submit(submission(address.accountId, { content, ...(key === undefined ? {} : { key }) }))
const waiting = async () =>
  (await storage.envelopes.list(address, everything)).map(({ sequence }) => sequence)
const rows = (table: string) =>
  engine.prepare<{ n: number }>(`SELECT count(*) AS n FROM ${table}`).get()?.n ?? Number.NaN

/** What a machine that lost its power finds: the files as they are now, opened by another process. */
async function openAsAfterPowerCut(): Promise<void> {
  await copyFile(join(folder, 'relay.db'), join(folder, 'cut.db'))
  await copyFile(join(folder, 'relay.db-wal'), join(folder, 'cut.db-wal'))
  await storage.close()
  storage = await open('cut.db')
}

it('has after a power cut what was confirmed, and nothing that was acknowledged', async () => {
  const contents = [bytes(10), bytes(ARRIVAL_AT_MOST_BYTES + 1), bytes(20), bytes(30)]
  await Promise.all(contents.map((content, index) => submit(content, `key ${index}`)))
  await storage.envelopes.acknowledge(address, [3])
  await openAsAfterPowerCut()
  const listed = await storage.envelopes.list(address, everything)
  expect(listed.map(({ sequence }) => sequence)).toEqual([1, 2, 4])
  expect(listed.map(({ content }) => hex(content))).toEqual([0, 1, 3].map((index) => hex(contents[index]!)))
  const keys = [0, 1, 2, 3].map((index) => sha256(`key ${index}`))
  expect(await storage.envelopes.states(keys)).toEqual(['queued', 'queued', 'delivered', 'queued'])
  expect(await storage.envelopes.queueLength(address)).toBe(3)
  expect(await storage.envelopes.acknowledge(address, [1, 2, 3, 4])).toBe(3)
  expect(await waiting()).toEqual([])
})

it('overwrites what was acknowledged while its neighbours still wait', async () => {
  const canary = Buffer.from('sealed-bytes-that-were-acknowledged')
  await Promise.all([submit(bytes(500)), submit(canary), submit(bytes(500))])
  await storage.envelopes.acknowledge(address, [2])
  engine.execute('PRAGMA wal_checkpoint(TRUNCATE)')
  expect((await readFile(join(folder, 'relay.db'))).includes(canary)).toBe(false)
  expect(await waiting()).toEqual([1, 3])
})

it('gives what is acknowledged at once no row of its own, and leaves nothing of it', async () => {
  await Promise.all(Array.from({ length: 20 }, (_, index) => submit(bytes(100 + index))))
  expect([rows('envelopes'), rows('arrivals')]).toEqual([0, 1])
  await storage.envelopes.acknowledge(address, await waiting())
  expect([rows('envelopes'), rows('arrivals')]).toEqual([0, 0])
})

it('keeps what arrived through writes that were undone beside it', async () => {
  await submit(bytes(10), 'before')
  const tokenHash = new Uint8Array(32)
  const results = await Promise.allSettled([
    submit(bytes(11), 'first'),
    storage.envelopes.acknowledge(address, [1]),
    storage.devices.register(registration('p2', { tokenHash })),
    storage.devices.register(registration('p3', { tokenHash })),
    submit(bytes(12), 'second'),
  ])
  expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(1)
  const states = await storage.envelopes.states(['before', 'first', 'second'].map(sha256))
  expect(states).toEqual(['delivered', 'queued', 'queued'])
  const listed = await storage.envelopes.list(address, everything)
  expect(listed.map(({ content }) => content.length)).toEqual([11, 12])
  expect(await submit(bytes(11), 'first')).toMatchObject({ outcome: 'duplicate' })
})

it('deletes what arrived with the device it was for, and calls it expired', async () => {
  const other = await register(storage, registration('p2'))
  await submit(bytes(10), 'gone')
  await storage.envelopes.submit(submission(other.accountId, { key: 'stays' }))
  await storage.devices.remove(address)
  expect(await storage.envelopes.states(['gone', 'stays'].map(sha256))).toEqual(['expired', 'queued'])
  expect(await storage.envelopes.list(other, everything)).toHaveLength(1)
})

it('acknowledges on a full disk, also some of what came together', async () => {
  await Promise.all(Array.from({ length: 30 }, () => submit(bytes(1_000))))
  const pages = engine.prepare<{ page_count: number }>('PRAGMA page_count').get()?.page_count ?? 0
  engine.execute(`PRAGMA max_page_count = ${pages}`)
  expect(await storage.envelopes.acknowledge(address, [1, 7, 30])).toBe(3)
  expect(await storage.envelopes.acknowledge(address, await waiting())).toBe(27)
  engine.execute('PRAGMA max_page_count = 4294967294')
})

it('knows a submission before, while and after its key enters the table of keys', async () => {
  const others = await register(storage, registration('p2'))
  const keyOf = (index: number) => `key ${index}`
  const count = 14_000
  for (let from = 0; from < count; from += 1_000) {
    const group = Array.from({ length: 1_000 }, (_, index) =>
      storage.envelopes.submit(
        submission(others.accountId, { key: keyOf(from + index), queuedAtMost: count }),
      ),
    )
    await Promise.all(group)
  }
  expect(rows('submission_keys')).toBeGreaterThan(5_000)
  expect(rows('submission_keys')).toBeLessThan(count)
  const some = Array.from({ length: 280 }, (_, index) => keyOf(index * 50))
  const allKnown = async () => {
    const states = await storage.envelopes.states(some.map(sha256))
    expect(new Set(states)).toEqual(new Set(['queued']))
    const again = submission(others.accountId, { key: keyOf(4_000), queuedAtMost: count })
    expect((await storage.envelopes.submit(again)).outcome).not.toBe('stored')
  }
  await allKnown()
  await storage.close()
  storage = await open('relay.db')
  await allKnown()
  expect(await storage.envelopes.states([sha256('never')])).toEqual([undefined])
}, 60_000)

it('knows a key that was forgotten and came anew while keys entered the table', async () => {
  const outcomeOf = async (key: string) => {
    const result = await storage.envelopes.submit(
      submission(address.accountId, { key, queuedAtMost: 20_000 }),
    )
    return result.outcome
  }
  const group = (from: number) =>
    Promise.all(Array.from({ length: 1_000 }, (_, index) => outcomeOf(`key ${from + index}`)))
  // Its hash is among the first in order: it has entered when it is forgotten.
  const anew = submission(address.accountId, { key: 'came anew 35', forgottenAtMs: 1 })
  await storage.envelopes.submit(anew)
  await storage.envelopes.acknowledge(address, [1])
  for (let from = 0; from < 6_000; from += 1_000) await group(from)
  expect(rows('submission_keys')).toBeGreaterThan(0)
  await storage.envelopes.sweep(1, 10)
  expect(await storage.envelopes.submit(anew)).toMatchObject({ outcome: 'stored' })
  for (let from = 6_000; from < 16_000; from += 1_000) await group(from)
  expect(await storage.envelopes.submit(anew)).toMatchObject({ outcome: 'duplicate' })
  // Asked together: in the table, in memory, not yet, and repeated among themselves.
  const mixed = ['key 5', 'new 1', 'key 15999', 'new 2', 'new 1', 'key 6', 'new 3', 'new 2'].map(outcomeOf)
  const [stored, duplicate] = ['stored', 'duplicate']
  const outcomes = [duplicate, stored, duplicate, stored, duplicate, duplicate, stored, duplicate]
  expect(await Promise.all(mixed)).toEqual(outcomes)
  expect(new Set(await group(0))).toEqual(new Set(['duplicate']))
  await openAsAfterPowerCut()
  expect(await storage.envelopes.submit(anew)).toMatchObject({ outcome: 'duplicate' })
  expect(new Set(await group(5_000))).toEqual(new Set(['duplicate']))
  expect(new Set(await group(15_000))).toEqual(new Set(['duplicate']))
}, 60_000)

it('goes on with two devices whose envelopes came together', async () => {
  engine.execute(`INSERT INTO devices (account_id, device_id, registration_id, name, token_hash, revocation_hash,
    created_at_ms, last_seen_day) SELECT account_id, 2, 78, name, x'01', x'02', 1, last_seen_day FROM devices`)
  await storage.close()
  storage = await open('relay.db')
  const envelopes = [1, 2].map((deviceId) => ({
    deviceId: deviceId as DeviceId,
    registrationId: 76 + deviceId,
    content: bytes(deviceId),
  }))
  await storage.envelopes.submit(submission(address.accountId, { key: 'both', envelopes }))
  const second = { ...address, deviceId: 2 as DeviceId }
  await storage.envelopes.acknowledge(second, [1])
  expect(await storage.envelopes.states([sha256('both')])).toEqual(['delivered'])
  await openAsAfterPowerCut()
  expect(await storage.envelopes.list(second, everything)).toEqual([])
  expect(await waiting()).toEqual([1])
})
