import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DeviceId } from '@pli/protocol/wire'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { DeviceAddress, Storage } from '../interfaces.ts'
import { register, registration, sha256, submission } from '../testing/samples.ts'
import { Database } from './database.ts'
import { openEmbeddedStorage } from './open.ts'

let folder = ''
let storage: Storage
let address: DeviceAddress
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pli-queues-'))
  storage = await openEmbeddedStorage(join(folder, 'relay.db'))
  address = await register(storage, registration('p1'))
})
afterEach(async () => {
  await storage.close()
  await rm(folder, { recursive: true, force: true })
})

const submit = async () => {
  const result = await storage.envelopes.submit(submission(address.accountId))
  return result.outcome === 'stored' ? result.sequences?.[0] : result.outcome
}

it('goes on after a failed commit with sequences that were never used', async () => {
  const used = [await submit(), await submit()]
  const tokenHash = new Uint8Array(32)
  const results = await Promise.allSettled([
    submit(),
    storage.devices.register(registration('p2', { tokenHash })),
    storage.devices.register(registration('p3', { tokenHash })),
    submit(),
  ])
  for (const result of results) if (result.status === 'fulfilled') used.push(result.value as number)
  used.push(await submit())
  const sequences = used.filter((sequence) => typeof sequence === 'number')
  expect(sequences).toHaveLength(5)
  expect(new Set(sequences).size).toBe(5)
  expect(sequences).toEqual([...sequences].sort((a, b) => a - b))
  const listed = await storage.envelopes.list(address, { afterSequence: 0, maxEnvelopes: 9, maxBytes: 1e6 })
  expect(listed.map(({ sequence }) => sequence)).toEqual(sequences)
  expect(await storage.envelopes.queueLength(address)).toBe(5)
})

it('counts a queue from the table after a stop, and takes up where it was', async () => {
  await submit()
  await submit()
  await storage.envelopes.acknowledge(address, [1])
  await storage.close()
  storage = await openEmbeddedStorage(join(folder, 'relay.db'))
  expect(await storage.envelopes.queueLength(address)).toBe(1)
  expect(await submit()).toBe(3)
})

it('calls a submission to two devices delivered when one of them has it, and expired when none does', async () => {
  await storage.close()
  const database = new Database(join(folder, 'relay.db'))
  database.execute(`INSERT INTO devices (account_id, device_id, registration_id, name, token_hash, revocation_hash,
    created_at_ms, last_seen_day) SELECT account_id, 2, 78, name, x'01', x'02', 1, last_seen_day FROM devices`)
  await database.close()
  storage = await openEmbeddedStorage(join(folder, 'relay.db'))
  const { envelopes } = storage
  const second = { ...address, deviceId: 2 as DeviceId }
  const both = [
    { deviceId: address.deviceId, registrationId: 77, content: new Uint8Array(1) },
    { deviceId: second.deviceId, registrationId: 78, content: new Uint8Array(2) },
  ]
  for (const key of ['read', 'unread']) {
    const result = await envelopes.submit(
      submission(address.accountId, { key, envelopes: both, expiresAtMs: 1 }),
    )
    expect(result).toMatchObject({ outcome: 'stored' })
  }
  const states = () => envelopes.states([sha256('read'), sha256('unread')])
  expect(await states()).toEqual(['queued', 'queued'])
  await envelopes.acknowledge(second, [1])
  expect(await states()).toEqual(['delivered', 'queued'])
  await storage.devices.remove(second)
  expect(await states()).toEqual(['delivered', 'queued'])
  expect((await envelopes.sweep(2, 10)).envelopes).toBe(2)
  expect(await states()).toEqual(['delivered', 'expired'])
})

it('knows a replaced device no more', async () => {
  await submit()
  const { accountId } = await register(storage, registration('p1', { replaceExisting: true }))
  expect(accountId).toBe(address.accountId)
  expect(await submit()).toBe('devices_differ')
  expect(await storage.envelopes.queueLength(address)).toBe(0)
})
