/** A device in strange hands, or whose PIN nobody remembers: what the product's own relay knows of it afterwards. */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createNodeClient,
  type NodeClient,
  type NodeClientOptions,
  type OutgoingState,
} from '@pli/client/node'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { startTestRelay, type TestRelay } from './relay.ts'
import { until } from './until.ts'

const PASSPHRASE = '482916'
let relay: TestRelay
let folder: string
/** Added to the clocks: wrong PINs make one wait for hours. */
let aheadMs = 0
const running: NodeClient[] = []

beforeEach(async () => {
  relay = await startTestRelay()
  folder = await mkdtemp(join(tmpdir(), 'pli-lost-device-'))
  aheadMs = 0
})
afterEach(async () => {
  for (const client of running.splice(0)) await client.close()
  await relay.close()
  await rm(folder, { recursive: true, force: true })
})

async function start(options: Partial<NodeClientOptions> = {}): Promise<NodeClient> {
  const nowMs = () => Date.now() + aheadMs
  const client = await createNodeClient({ relayUrl: relay.url, passphrase: PASSPHRASE, nowMs, ...options })
  running.push(client)
  return client
}

/** What the relay tells somebody who has just proven to be this person. */
async function devicesOf(slug: string): Promise<number> {
  const asking = await createNodeClient({ relayUrl: relay.url })
  const { existingDevices } = await asking.redeemCode({
    personId: relay.personId(slug),
    code: await relay.code(slug),
  })
  await asking.close()
  return existingDevices.length
}

const isNotReachable = (outgoing: OutgoingState | undefined) =>
  outgoing?.state === 'failed' && outgoing.code === 'not_reachable'

async function lockedDevice(dataDir: string) {
  const owner = await start({ dataDir })
  await owner.registerWithCode(relay.personId('nathalie'), await relay.code('nathalie'))
  const { localId } = owner.accounts.get()![0]!
  await owner.lock(localId)
  const useUpPins = async () => {
    for (let tried = 1; tried <= 10; tried += 1) {
      const code = tried === 10 ? 'erased' : 'pin_wrong'
      await expect(owner.unlock(localId, '111111')).rejects.toMatchObject({ code })
      aheadMs += 5 * 3600_000
    }
  }
  return { owner, localId, useUpPins }
}

it('is removed from the account by its tenth wrong PIN; who writes then hears that nobody can receive', async () => {
  const { owner, useUpPins } = await lockedDevice(join(folder, 'lost'))
  const doctor = await start({ nowMs: Date.now })
  const asking = await doctor.registerWithCode(relay.personId('anne-sophie'), await relay.code('anne-sophie'))
  const to = await asking.openConversation(relay.personId('nathalie'))
  await useUpPins()
  expect(owner.accounts.get()).toEqual([])
  await expect.poll(() => devicesOf('nathalie'), { timeout: 15_000 }).toBe(0)
  expect(await devicesOf('anne-sophie')).toBe(1)
  const id = await asking.sendText(to, 'is anybody there')
  await until(
    asking.conversation(to, 10),
    ({ messages }) => messages.some(({ id: one, outgoing }) => one === id && isNotReachable(outgoing)),
    'that it cannot go',
  )
  // Nothing keeps the person from a new device: no other one would be cut off.
  await owner.registerWithCode(relay.personId('nathalie'), await relay.code('nathalie'))
})

it('is removed when the relay is back, if it was away at the tenth', async () => {
  const { owner, useUpPins } = await lockedDevice(join(folder, 'lost'))
  const comeBack = await relay.stop()
  await useUpPins()
  await owner.close()
  running.splice(running.indexOf(owner), 1)
  expect((await readdir(join(folder, 'lost'))).filter((name) => name.startsWith('account'))).toEqual([])
  await comeBack()
  expect(await devicesOf('nathalie')).toBe(1)
  await start({ dataDir: join(folder, 'lost') })
  await expect.poll(() => devicesOf('nathalie'), { timeout: 15_000 }).toBe(0)
})

it('is removed when its person signed out and erased it without a network', async () => {
  const owner = await start({ dataDir: join(folder, 'left') })
  const messenger = await owner.registerWithCode(relay.personId('nathalie'), await relay.code('nathalie'))
  const comeBack = await relay.stop()
  await messenger.signOutAndErase()
  expect(owner.accounts.get()).toEqual([])
  await comeBack()
  // What the page says when the network is back.
  owner.wake()
  await expect.poll(() => devicesOf('nathalie'), { timeout: 15_000 }).toBe(0)
})

it('is replaced by its person’s new one on the same device', async () => {
  const dataDir = join(folder, 'forgotten')
  const { owner, localId: old } = await lockedDevice(dataDir)
  const code = await relay.code('nathalie')
  const { pendingId, alreadyHere } = await owner.redeemCode({ personId: relay.personId('nathalie'), code })
  expect(alreadyHere).toBe(old)
  const request = { pendingId, pin: '654321', deviceName: 'Node', language: 'fr' as const }
  await expect(owner.register({ ...request, replaceExisting: false })).rejects.toMatchObject({
    code: 'device_exists',
  })
  expect(owner.accounts.get()).toMatchObject([{ localId: old }])
  const renewed = await owner.register({ ...request, replaceExisting: true })
  expect(owner.accounts.get()).toMatchObject([{ localId: renewed, unlocked: true }])
  const files = (await readdir(dataDir)).filter((name) => name.startsWith('account') && name.endsWith('.db'))
  expect(files).toEqual([`account-${renewed}.db`])
  await until(owner.messenger(renewed).connection, ({ state }) => state === 'online', 'online')
  expect(await devicesOf('nathalie')).toBe(1)
})
