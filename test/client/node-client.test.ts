/** A headless endpoint as a program runs it: `createNodeClient` over the product's own relay. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createNodeClient, type NodeClient, type NodeClientOptions } from '@pli/client/node'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { startTestRelay, type TestRelay } from './relay.ts'
import { hasText, textsOf, until, untilMessage } from './until.ts'

let relay: TestRelay
let folder: string
const running: NodeClient[] = []

beforeEach(async () => {
  relay = await startTestRelay()
  folder = await mkdtemp(join(tmpdir(), 'pli-node-client-'))
})
afterEach(async () => {
  for (const client of running.splice(0)) await client.close()
  await relay.close()
  await rm(folder, { recursive: true, force: true })
})

async function start(options: Partial<NodeClientOptions> = {}): Promise<NodeClient> {
  const client = await createNodeClient({ relayUrl: relay.url, ...options })
  running.push(client)
  return client
}

async function onboard(slug: string, options: Partial<NodeClientOptions> = {}) {
  const client = await start(options)
  const messenger = await client.registerWithCode(relay.personId(slug), await relay.code(slug))
  return { client, messenger }
}

it.each([
  ['a passphrase', { passphrase: 'correct horse' }],
  ['a key of its own', { secretKey: new Uint8Array(32).fill(9) }],
])('keeps its account, sessions and messages over a restart, under %s', async (_name, seal) => {
  const dataDir = join(folder, 'gateway')
  const gateway = await onboard('anne-sophie', { dataDir, ...seal })
  const asking = await onboard('nathalie')
  const toGateway = await asking.messenger.openConversation(relay.personId('anne-sophie'))
  await asking.messenger.sendText(toGateway, 'canary question')
  const fromAsking = await gateway.messenger.openConversation(relay.personId('nathalie'))
  await untilMessage(gateway.messenger, fromAsking, hasText('canary question'), 'the question')
  await gateway.client.close()

  // While it is away: this waits at the relay, for the session that is on disk.
  await asking.messenger.sendText(toGateway, 'canary addition')
  for (const name of await readdir(dataDir)) {
    expect((await readFile(join(dataDir, name))).includes('canary')).toBe(false)
  }

  const again = await start({ dataDir, ...seal })
  const messenger = (await again.openKept())!
  await untilMessage(messenger, fromAsking, hasText('canary addition'), 'the addition')
  await messenger.sendText(fromAsking, 'the answer')
  await untilMessage(asking.messenger, toGateway, hasText('the answer'), 'the answer')
  expect(await textsOf(messenger, fromAsking)).toEqual(['canary question', 'canary addition', 'the answer'])
})

it('refuses to keep what nobody could open again, and opens for nobody else', async () => {
  await expect(onboard('anne-sophie', { dataDir: folder })).rejects.toMatchObject({ code: 'bad_request' })
  const { client } = await onboard('anne-sophie', { dataDir: folder, passphrase: 'correct horse' })
  await client.close()
  const stranger = await start({ dataDir: folder, passphrase: 'battery staple' })
  await expect(stranger.openKept()).rejects.toMatchObject({ code: 'pin_wrong', triesLeft: 9 })
})

it('is erased by its person, here and at the relay', async () => {
  const { client, messenger } = await onboard('anne-sophie', { dataDir: folder, passphrase: 'correct horse' })
  await messenger.signOutAndErase()
  expect(client.accounts.get()).toEqual([])
  expect((await readdir(folder)).filter((name) => name.startsWith('account'))).toEqual([])
  expect(await client.openKept()).toBeUndefined()
  const code = await relay.code('anne-sophie')
  const pending = await client.redeemCode({ personId: relay.personId('anne-sophie'), code })
  expect(pending.existingDevices).toEqual([])
})

it('knows which of its person’s devices it is, and removing that one is signing out', async () => {
  const { client, messenger } = await onboard('anne-sophie')
  const account = await until(messenger.account, () => true, 'the own account')
  expect(account.devices.map(({ deviceId }) => deviceId)).toEqual([account.thisDeviceId])
  await messenger.removeDevice(account.thisDeviceId)
  expect(client.accounts.get()).toEqual([])
  const back = await start()
  const code = await relay.code('anne-sophie')
  const { existingDevices } = await back.redeemCode({ personId: relay.personId('anne-sophie'), code })
  expect(existingDevices).toEqual([])
})
