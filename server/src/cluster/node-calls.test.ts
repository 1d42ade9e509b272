/** What nodes tell each other, with a wire between them that a test can cut. */
import type { AccountId, DeviceId } from '@pli/protocol/wire'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { DeviceAddress } from '../storage/interfaces.ts'
import type { TestDevice } from '../testing/test-device.ts'
import { TestRelay } from '../testing/test-relay.ts'
import type { Call } from './calls.ts'
import { decodeCalls, encodeCalls } from './calls.ts'
import { startHealing } from './healing.ts'
import { createNodeCalls, type NodeCalls } from './node-calls.ts'

let relay: TestRelay
let ben: TestDevice
let pushed: DeviceAddress[] = []
let here: NodeCalls
let there: NodeCalls
let isCut = false
beforeEach(async () => {
  relay = await TestRelay.start()
  ben = await relay.connect('ben')
  pushed = []
  isCut = false
  const carry = (to: () => NodeCalls) => (calls: Call[]) => {
    if (!isCut) to().receive(decodeCalls(encodeCalls(calls)))
  }
  const push = { wake: (address: DeviceAddress) => void pushed.push(address) }
  const common = { push, answerWithinMs: 150 }
  const connections = () => relay.running.connections
  here = createNodeCalls({ ...common, connections: nobody, send: carry(() => there) })
  there = createNodeCalls({ ...common, connections, send: carry(() => here) })
})
afterEach(async () => {
  here.close()
  there.close()
  await relay.destroy()
})

/** This node has no connections. */
const nobody = () => ({
  wake: () => false,
  yieldTo() {},
  review: async () => undefined,
  addressesOf: () => [],
})
const absent = { accountId: 'aaaaaaaa-0000-4000-8000-000000000000' as AccountId, deviceId: 1 as DeviceId }

/** As another node stores it: nobody here is told. */
const store = (content: string) =>
  relay.running.storage.envelopes.submit({
    keyHash: Buffer.alloc(32, content),
    contentHash: Buffer.alloc(32, content),
    accountId: ben.registered.accountId,
    envelopes: [
      {
        deviceId: ben.registered.deviceId,
        registrationId: ben.registrationId,
        content: Buffer.from(content),
      },
    ],
    receivedAtMs: Date.now(),
    expiresAtMs: Date.now() + 60_000,
    forgottenAtMs: Date.now() + 60_000,
    queuedAtMost: 100,
  })

it('delivers what another node stored, and pushes to nobody who is connected somewhere', async () => {
  await store('from elsewhere')
  here.wake(ben.address, true)
  here.wake(absent, true)
  here.wake(absent, false)
  await ben.until(() => ben.contents.includes('from elsewhere'))
  await expect.poll(() => pushed).toEqual([absent])
})

it('pushes when no node can be asked', async () => {
  isCut = true
  here.wake(ben.address, true)
  await expect.poll(() => pushed).toEqual([ben.address])
})

it('cuts nobody off whom the store still has', async () => {
  here.cutOff(ben.address, 'removed')
  here.cutOffAccount(ben.registered.accountId, 'account_deleted')
  await store('still here')
  here.wake(ben.address, false)
  await ben.until(() => ben.contents.includes('still here'))
  await relay.running.storage.devices.remove(ben.address)
  here.cutOff(ben.address, 'replaced')
  await ben.until(() => ben.happened.includes('revoked replaced'))
})

it('yields to a later connection elsewhere, and not to an earlier one', async () => {
  here.tookOver(ben.address, Date.now() - 60_000)
  await store('still mine')
  here.wake(ben.address, false)
  await ben.until(() => ben.contents.includes('still mine'))
  here.tookOver(ben.address, Date.now() + 1_000)
  await ben.until(() => ben.happened.includes('disconnect'))
})

it('passes over what it does not understand', () => {
  const known = { is: 'wake', ...absent }
  const newer = [{ is: 'calls of a later version' }, known, { is: 'wake', accountId: 'nobody' }]
  expect(decodeCalls(Buffer.from(JSON.stringify(newer)))).toEqual([known])
})

it('finds in the store what no call told: an envelope, and that a device is gone', async () => {
  const healing = startHealing(relay.running.connections, () => true)
  const gone = await relay.connect('gone')
  await store('nobody called')
  await relay.running.storage.devices.remove(gone.address)
  healing.catchUp()
  await ben.until(() => ben.contents.includes('nobody called'))
  await gone.until(() => gone.happened.includes('revoked removed'))
  await healing.stop()
})

it('looks at everybody every few seconds while nodes do not hear each other', async () => {
  const healing = startHealing(relay.running.connections, () => false)
  await store('nobody called')
  await ben.until(() => ben.contents.includes('nobody called'))
  await healing.stop()
})
