import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { DeviceAddress, Storage } from '../interfaces.ts'
import { register, registration, submission } from '../testing/samples.ts'
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

it('knows a replaced device no more', async () => {
  await submit()
  const { accountId } = await register(storage, registration('p1', { replaceExisting: true }))
  expect(accountId).toBe(address.accountId)
  expect(await submit()).toBe('devices_differ')
  expect(await storage.envelopes.queueLength(address)).toBe(0)
})
