/**
 * Three relays as processes behind one port: devices on different nodes write to each other, a node is killed and another
 * drained under load, Redis is killed and comes back empty. Nothing acknowledged is lost, nothing is shown twice.
 */
import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type RelayConfig, registeredDevice, routes } from '@pli/protocol/wire'
import { Browser, type RedisServer, registrationBody, startRedis, TestDevice } from '@pli/server/testing'
import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FaultDevice } from '../faults/device.ts'
import { Ledger } from '../faults/ledger.ts'
import { createRandom } from '../faults/random.ts'
import { type RunningCluster, startCluster } from './nodes.ts'

const REGISTRATION_ID = 4242
const WITHIN_MS = 90_000

const started = await startRedis()
if ('skipped' in started) console.log(`skipped: ${started.skipped}`)
const redis = 'skipped' in started ? undefined : (started as RedisServer)

describe.skipIf(redis === undefined)('three nodes', () => {
  const uri = new URL(process.env.MONGODB_URI ?? 'mongodb://127.0.0.1')
  uri.pathname = `/pli-cluster-${process.pid}`
  let folder = ''
  let cluster: RunningCluster
  let people: string[] = []

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pli-cluster-'))
    const environment = { SANDBOX_PEOPLE: '600', LOG_LEVEL: 'warn', DRAIN_SECONDS: '3' }
    const servers = { mongoUri: uri.href, redisUrl: redis?.url ?? '' }
    cluster = await startCluster({ nodes: 3, folder, ...servers, environment })
    const { value } = (await (await fetch(`${cluster.url}/v1/config`)).json()) as { value: RelayConfig }
    people = value.sandbox?.people.map(({ personId }) => personId) ?? []
  })
  afterAll(async () => {
    await cluster?.stop()
    await redis?.stop()
    const client = await MongoClient.connect(uri.href)
    await client.db().dropDatabase()
    await client.close()
    await rm(folder, { recursive: true, force: true })
  })

  const urlOf = (node: number) => cluster.nodes[node]?.url ?? ''

  async function call(method: string, url: string, body?: unknown, token?: string): Promise<unknown> {
    const response = await fetch(url, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const answer = (await response.json()) as { ok: boolean; value: unknown; code?: string }
    if (!answer.ok) throw new Error(`${method} ${new URL(url).pathname} was refused: ${answer.code}`)
    return answer.value
  }

  /** Signed in at one node, registered at the next. */
  async function register(index: number) {
    const personId = people[index] ?? ''
    const code = await cluster.codeFor(personId)
    const signedIn = await call('POST', urlOf(0) + routes.redeemCode, { personId, code })
    const body = registrationBody({ replaceExisting: true })
    const { sessionToken } = signedIn as { sessionToken: string }
    return registeredDevice.parse(await call('POST', urlOf(1) + routes.devices, body, sessionToken))
  }

  const at = (node: number, registered: Awaited<ReturnType<typeof register>>) =>
    new TestDevice(() => urlOf(node), registered, REGISTRATION_ID).connect()

  it('carry a message from one node to a device on another, at once', async () => {
    const [one, other] = [await at(0, await register(0)), await at(2, await register(1))]
    await other.until(() => other.happened.includes('drained'))
    for (const text of ['first', 'second']) await one.send(other, text)
    await other.until(() => other.contents.length === 2)
    expect(other.contents).toEqual(['first', 'second'])
    await other.send(one, 'back')
    await one.until(() => one.contents.includes('back'))
    one.disconnect()
    other.disconnect()
  })

  it('have one connection for a device, the latest, wherever it is', async () => {
    const registered = await register(2)
    const earlier = await at(0, registered)
    const later = await at(1, registered)
    await earlier.until(() => earlier.happened.includes('disconnect'))
    const writer = await at(2, await register(3))
    await writer.send(later, 'here')
    await later.until(() => later.contents.includes('here'))
    expect(earlier.contents).toEqual([])
    later.disconnect()
    writer.disconnect()
  })

  it('cut a device off that was removed at another node', async () => {
    const registered = await register(4)
    const device = await at(2, registered)
    await call(
      'DELETE',
      urlOf(0) + routes.device(String(registered.deviceId)),
      undefined,
      registered.deviceToken,
    )
    await device.until(() => device.happened.includes('revoked removed'))
    await device.until(() => device.happened.includes('disconnect'))
  })

  it('are one identity provider and one relay to a browser whose every request comes to another', async () => {
    const browser = new Browser()
    let turn = 0
    browser.via = (url) => {
      turn += 1
      return url.origin === cluster.url ? new URL(url.pathname + url.search, urlOf(turn % 3)) : url
    }
    browser.stopAt = (url) => url.pathname === '/welcome'
    const verifier = randomBytes(32)
    const query = new URLSearchParams({
      personId: people[5] ?? '',
      challenge: createHash('sha256').update(verifier).digest('base64url'),
      returnTo: '/welcome',
      language: 'fr',
    })
    const login = await browser.get(`${cluster.url}${routes.oidcStart}?${query}`)
    const [, choice = ''] = /name="person" value="([^"]+)"/.exec(login.html) ?? []
    const back = await browser.post(login.url.href, { person: choice })
    const ticket = new URLSearchParams(back.url.hash.slice(1)).get('ticket') ?? ''
    const body = { ticket, verifier: verifier.toString('base64url') }
    const session = await call('POST', urlOf(turn % 3) + routes.redeemTicket, body)
    expect(session).toMatchObject({ assurance: 'proof', person: { personId: people[5] } })
    expect(new Set(browser.visited.map((url) => new URL(url).origin))).toEqual(new Set([cluster.url]))
  })

  it('take an attachment in pieces, and hand it out, each at another node', async () => {
    const { deviceToken } = await register(0)
    const content = randomBytes(700_000)
    const tus = (
      node: number,
      method: string,
      path: string,
      headers: Record<string, string>,
      body?: Buffer,
    ) =>
      fetch(urlOf(node) + path, {
        method,
        headers: { Authorization: `Bearer ${deviceToken}`, 'Tus-Resumable': '1.0.0', ...headers },
        ...(body === undefined ? {} : { body: new Uint8Array(body) }),
      })
    const created = await tus(0, 'POST', routes.attachments, { 'Upload-Length': String(content.length) })
    const path = created.headers.get('location') ?? ''
    const append = (node: number, from: number, to: number) =>
      tus(
        node,
        'PATCH',
        path,
        { 'Upload-Offset': String(from), 'Content-Type': 'application/offset+octet-stream' },
        content.subarray(from, to),
      )
    expect((await append(1, 0, 300_000)).status).toBe(204)
    expect((await append(2, 300_000, content.length)).status).toBe(204)
    const back = Buffer.from(await (await tus(0, 'GET', path, {})).arrayBuffer())
    expect(back.equals(content)).toBe(true)
  })

  it('lose nothing when one is killed, one drained, and Redis comes back empty', async () => {
    const ledger = new Ledger()
    const random = createRandom(7)
    const devices: FaultDevice[] = []
    for (let index = 0; index < 6; index += 1) {
      const { accountId, deviceId, deviceToken: token } = await register(index)
      const device = { address: accountId, deviceId, registrationId: REGISTRATION_ID, token }
      devices.push(new FaultDevice(cluster.url, device, ledger, random))
    }
    for (const device of devices) device.start()
    let goesOn = true
    const conversations = Promise.all(
      devices.map((device, index) =>
        device.converse(devices[(index + 1) % devices.length]!.device, () => goesOn),
      ),
    )
    conversations.catch(() => undefined)
    const written = async (more: number) => {
      const enough = ledger.verdict().acknowledged + more
      await expect.poll(() => ledger.verdict().acknowledged, { timeout: WITHIN_MS }).toBeGreaterThan(enough)
    }
    const [first, second, third] = cluster.nodes
    await written(60)
    await second?.kill()
    await written(60)
    await second?.up()
    await third?.drain()
    await written(60)
    await redis?.kill?.()
    const health = async () => (await fetch(`${urlOf(0)}/health/ready`)).json()
    await expect.poll(health, { timeout: WITHIN_MS }).toEqual({ ok: true, degraded: ['redis'] })
    await written(60)
    await redis?.up?.()
    await first?.kill()
    await written(60)
    goesOn = false
    await conversations
    await Promise.all([first?.up(), third?.up()])
    for (const device of devices) {
      device.careful = true
      device.reconnect()
    }
    await expect.poll(() => ledger.verdict().lost, { timeout: WITHIN_MS }).toBe(0)
    await sleep(1_000)
    for (const device of devices) device.stop()
    expect(ledger.verdict()).toMatchObject({ lost: 0, shownTwice: 0, outOfOrder: 0 })
  })
})
