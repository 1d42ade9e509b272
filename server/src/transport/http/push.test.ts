/** Push over real HTTP to a push service on this machine: no content, no forged requests, no stale subscriptions. */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RegisteredDevice, routes } from '@pli/protocol/wire'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createEndpointPolicy } from '../../domain/push/endpoint-policy.ts'
import { createPush } from '../../domain/push/push.ts'
import { openVapidKeys } from '../../domain/push/vapid-keys.ts'
import { createPushSender } from '../../domain/push/web-push-sender.ts'
import { silentLog } from '../../log.ts'
import { openEmbeddedStorage } from '../../storage/embedded/open.ts'
import { HttpRelay } from '../../testing/http-relay.ts'
import { type PushService, pushServiceCertificate, startPushService } from '../../testing/push-service.ts'
import { TestDevice } from '../../testing/test-device.ts'

let relay: HttpRelay
let service: PushService
let device: RegisteredDevice
const keys = { p256dh: Buffer.concat([Buffer.from([4]), randomBytes(64)]), auth: randomBytes(16) }

beforeAll(async () => {
  service = await startPushService()
  relay = await HttpRelay.start({
    push: {
      vapidSubject: 'mailto:operator@pli.test',
      vapidKeys: undefined,
      allowedHosts: [service.host],
      certificateAuthorityPem: pushServiceCertificate,
    },
  })
})
afterAll(async () => {
  await relay.end()
  await service.close()
})
beforeEach(async () => {
  service.received.length = 0
  service.answer = { status: 201 }
  device = await relay.device('kevin', { replaceExisting: true })
})

const subscriptionTo = (endpoint: string) => ({
  endpoint,
  keys: { p256dh: keys.p256dh.toString('base64url'), auth: keys.auth.toString('base64url') },
})
const subscribe = (endpoint: string) =>
  relay.codeOf('PUT', routes.push, { token: device.deviceToken, body: subscriptionTo(endpoint) })
const test = () => relay.codeOf('POST', routes.pushTest, { token: device.deviceToken })

describe('a push', () => {
  it('says nothing: no body, and headers that name no account', async () => {
    expect(await subscribe(`https://${service.host}/push/abc`)).toBe('ok')
    expect(await test()).toBe('ok')
    const [pushed] = service.received
    expect(pushed).toMatchObject({ path: '/push/abc', body: '' })
    expect(pushed?.headers['content-length']).toBe('0')
    expect(pushed?.headers.authorization).toMatch(/^vapid t=/)
    expect(JSON.stringify(pushed)).not.toContain(device.accountId)
  })

  it('is signed with the key that apps subscribe with', async () => {
    await subscribe(`https://${service.host}/push/abc`)
    await test()
    const { vapidPublicKey } = await relay.ask('GET', routes.config)
    expect(service.received[0]?.headers.authorization).toContain(`k=${String(vapidPublicKey)}`)
  })

  it.each([404, 410])('ends the subscription when the service answers %i', async (status) => {
    await subscribe(`https://${service.host}/push/gone`)
    service.answer = { status }
    expect(await test()).toBe('push_refused')
    expect(await test()).toBe('not_found')
    expect(service.received).toHaveLength(1)
  })

  it('follows no redirect', async () => {
    await subscribe(`https://${service.host}/push/moved`)
    service.answer = { status: 307, headers: { Location: `https://${service.host}/elsewhere` } }
    expect(await test()).toBe('unavailable')
    expect(service.received.map(({ path }) => path)).toEqual(['/push/moved'])
  })

  it('ends with the subscription and with the device', async () => {
    await subscribe(`https://${service.host}/push/abc`)
    expect(await relay.codeOf('DELETE', routes.push, { token: device.deviceToken })).toBe('ok')
    expect(await test()).toBe('not_found')
    await subscribe(`https://${service.host}/push/abc`)
    device = await relay.device('kevin', { replaceExisting: true })
    expect(await test()).toBe('not_found')
  })

  it('goes to an absent device when something urgent comes, and not when it is not', async () => {
    await subscribe(`https://${service.host}/push/waiting`)
    const absent = new TestDevice(() => relay.url, device, 4242)
    const nathalie = await relay.device('nathalie', { replaceExisting: true })
    const sender = await new TestDevice(() => relay.url, nathalie, 4242).connect()
    await sender.send(absent, 'a receipt', { urgent: false })
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(service.received).toHaveLength(0)
    await sender.send(absent, 'a question')
    await expect.poll(() => service.received.length).toBe(1)
    expect(service.received[0]?.path).toBe('/push/waiting')
    sender.disconnect()
  })
})

describe('many messages in a row', () => {
  it('make one push at once and one at the end', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pli-push-'))
    const store = await openEmbeddedStorage(join(folder, 'pli.db'))
    const policy = createEndpointPolicy([service.host])
    const vapidKeys = await openVapidKeys(undefined, store.installation)
    const sender = createPushSender({
      policy,
      vapidKeys,
      vapidSubject: 'mailto:operator@pli.test',
      certificateAuthorityPem: pushServiceCertificate,
    })
    const subscription = { endpoint: `https://${service.host}/many`, ...keys }
    const always = { ...store.push, get: async () => subscription }
    const push = createPush({ store: always, policy, sender, log: silentLog, quietMs: 150 })
    try {
      for (let message = 0; message < 50; message += 1) push.wake(device)
      await expect.poll(() => service.received.length).toBe(2)
      await new Promise((resolve) => setTimeout(resolve, 400))
      expect(service.received).toHaveLength(2)
    } finally {
      push.close()
      await store.close()
      await rm(folder, { recursive: true })
    }
  })
})

describe('an endpoint that the relay does not call', () => {
  it.each([
    'http://push.example.org/abc',
    'https://localhost/abc',
    'https://127.0.0.1/abc',
    'https://127.1/abc',
    'https://2130706433/abc',
    'https://0x7f000001/abc',
    'https://10.1.2.3/abc',
    'https://172.16.0.9/abc',
    'https://192.168.1.1/abc',
    'https://169.254.169.254/latest/meta-data',
    'https://100.64.1.1/abc',
    'https://0.0.0.0/abc',
    'https://[::1]/abc',
    'https://[::]/abc',
    'https://[::ffff:10.0.0.1]/abc',
    'https://[fd00::1]/abc',
    'https://[fe80::1]/abc',
    'https://[64:ff9b::a00:1]/abc',
    'https://[2002:a00:1::]/abc',
    'https://intranet/abc',
    'https://printer.local/abc',
    'https://vault.internal/abc',
    'https://localhost./abc',
    'https://user:secret@push.example.org/abc',
    'https://push.example.org:8443/abc',
    'https://push.example.org:22/abc',
    'ftp://push.example.org/abc',
    'javascript:alert(1)',
  ])('%s', async (endpoint) => {
    expect(['push_refused', 'bad_request']).toContain(await subscribe(endpoint))
    expect(await test()).toBe('not_found')
  })

  it('is refused again when it is called: a name may point elsewhere by then', async () => {
    const policy = createEndpointPolicy([])
    const outcome = await new Promise((resolve) => {
      policy.lookup('localhost', { all: true }, (error, address) => resolve(error ?? address))
    })
    expect(outcome).toMatchObject({ code: 'push_refused' })
  })
})
