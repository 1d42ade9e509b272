import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect as connectTcp, type Socket } from 'node:net'
import { limits, routes } from '@pli/protocol/wire'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { registerRequest } from '../../testing/key-material.ts'
import { TestRelay } from '../../testing/test-relay.ts'
import { defaultSocketRates, scaleRates } from './rates.ts'

let relay: TestRelay
beforeEach(async () => {
  relay = await TestRelay.start()
})
afterEach(() => relay.destroy())

const range = (count: number) => Array.from({ length: count }, (_, index) => index)
const unknownKey = Buffer.alloc(16).toString('base64url')

/** The head of a WebSocket connection that then says nothing. */
function upgrade(): Buffer {
  const lines = [
    `GET ${routes.socketPath}/?EIO=4&transport=websocket HTTP/1.1`,
    'Host: localhost',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
  ]
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`)
}

function openTcp(bytes: Buffer): Socket {
  const socket = connectTcp(Number(new URL(relay.running.url).port), '127.0.0.1')
  socket.on('error', () => {})
  socket.write(bytes)
  return socket
}

/** The relay is alive and well: somebody else can still send and receive. */
async function expectAlive(): Promise<void> {
  const [one, two] = [
    await relay.connect(`p${randomBytes(4).toString('hex')}`),
    await relay.connect('witness'),
  ]
  await one.send(two, 'still here')
  await two.until(() => two.contents.includes('still here'))
}

describe('who may connect', () => {
  it('refuses every token it did not give', async () => {
    const ada = await relay.register('ada')
    const { deviceToken } = ada.registered
    const wrong = [undefined, '', null, 7, {}, ['x'], 'x'.repeat(43), `${deviceToken}=`, deviceToken.slice(1)]
    for (const token of wrong) {
      const refusal = { message: 'unauthenticated', data: { ok: false, code: 'unauthenticated' } }
      await expect(ada.connect(token ?? null)).rejects.toMatchObject(refusal)
    }
    await ada.connect()
  })

  it('keeps no token where somebody who copies the store could read it', async () => {
    const { readdir, readFile } = await import('node:fs/promises')
    const ada = await relay.connect('ada')
    for (const name of await readdir(relay.folder)) {
      const file = await readFile(`${relay.folder}/${name}`)
      expect(file.includes(ada.registered.deviceToken)).toBe(false)
      expect(file.includes(Buffer.from(ada.registered.deviceToken, 'base64url'))).toBe(false)
    }
  })

  it('limits how often one address may try', async () => {
    await relay.destroy()
    const connections = { burst: 3, perSecond: 0.01 }
    relay = await TestRelay.start({ rates: { ...defaultSocketRates, connections } })
    const ada = await relay.register('ada')
    for (const _ of range(3)) await expect(ada.connect('guess')).rejects.toThrow('unauthenticated')
    await expect(ada.connect()).rejects.toMatchObject({
      message: 'rate_limited',
      data: { code: 'rate_limited', retryAfterMs: expect.any(Number) },
    })
  })
})

describe('connections that do not say who they are', () => {
  it('do not pile up: beyond a number no more are taken, until they go', async () => {
    await relay.destroy()
    relay = await TestRelay.start({ unknownConnectionsAtMost: 3 })
    const ada = await relay.connect('ada')
    const silent = [1, 2, 3].map(() => openTcp(upgrade()))
    await Promise.all(silent.map((socket) => once(socket, 'data')))
    await expect(ada.connect()).rejects.toThrow('websocket error')
    silent[0]?.destroy()
    await expect
      .poll(() =>
        ada.connect().then(
          () => 'connected',
          () => 'refused',
        ),
      )
      .toBe('connected')
    for (const socket of silent) socket.destroy()
  })
})

describe('a device that is cut off', () => {
  it('is told and closed at once when it is removed, and its queue and token are dead', async () => {
    const [ada, ben] = [await relay.connect('ada'), await relay.register('ben')]
    ben.acknowledges = false
    await ben.connect()
    await ada.send(ben, 'unread')
    await ben.until(() => ben.received.length === 1)
    await relay.running.devices.remove(ben.address)
    await ben.until(() => ben.happened.includes('disconnect'))
    expect(ben.happened.slice(-2)).toEqual(['revoked removed', 'disconnect'])
    await expect(ben.connect()).rejects.toThrow('unauthenticated')
    expect(await ada.ask('submit', ada.submission(ben, 'more'))).toEqual({ ok: false, code: 'not_reachable' })
    expect(relay.running.connections.count).toBe(1)
  })

  it('is told that it was replaced, and the new one gets none of its envelopes', async () => {
    const [ada, ben] = [await relay.connect('ada'), await relay.connect('ben')]
    ben.acknowledges = false
    const receipt = await ada.send(ben, 'for the old device')
    await ben.until(() => ben.received.length === 1)
    const successor = await relay.register('ben', { replaceExisting: true, registrationId: 99 })
    await ben.until(() => ben.happened.includes('disconnect'))
    expect(ben.happened).toContain('revoked replaced')
    await successor.connect()
    await successor.until(() => successor.happened.includes('drained'))
    expect(successor.received).toEqual([])
    expect(await ada.outcomes(receipt.idempotencyKey)).toEqual(['expired'])
  })

  it('is told that the account is gone', async () => {
    const ben = await relay.connect('ben')
    await relay.running.devices.deleteAccount(ben.registered.accountId)
    await ben.until(() => ben.happened.includes('disconnect'))
    expect(ben.happened).toContain('revoked account_deleted')
  })

  it('gets nothing done any more, also before the news has reached it', async () => {
    const [ada, ben] = [await relay.connect('ada'), await relay.connect('ben')]
    await relay.running.devices.remove(ben.address)
    expect(ben.socket.connected).toBe(true)
    for (const index of range(20)) ben.socket.emit('submit', ben.submission(ada, `late ${index}`))
    await ben.until(() => ben.happened.includes('disconnect'))
    await ada.outcomes(unknownKey)
    expect(ada.received).toEqual([])
    expect(await relay.running.storage.envelopes.lastWaiting(ada.address)).toBe(0)
  })

  it('is found out when it was removed while it connected', async () => {
    await relay.destroy()
    relay = await TestRelay.start({
      wrapStorage: (storage) => ({
        ...storage,
        devices: {
          ...storage.devices,
          // As if the removal came between reading the token and the connection being known.
          byTokenHash: async (hash) => {
            const device = await storage.devices.byTokenHash(hash)
            if (device) await storage.devices.remove(device)
            return device
          },
        },
      }),
    })
    const ben = await relay.register('ben')
    await ben.connect()
    await ben.until(() => ben.happened.includes('disconnect'))
    expect(ben.happened).toEqual(['revoked removed', 'disconnect'])
    expect(relay.running.connections.count).toBe(0)
  })
})

describe('the recipient’s devices', () => {
  it('answers with missing, extra and stale devices and stores nothing', async () => {
    const [ada, ben] = [await relay.connect('ada'), await relay.register('ben')]
    const content = Buffer.from('x')
    const ask = (envelopes: object[]) =>
      ada.ask('submit', {
        ...ada.submission(ben, 'x'),
        envelopes: envelopes.map((one) => ({ ...one, content })),
      })
    const actual = { deviceId: 1, registrationId: 4242 }
    const none = { missing: [], extra: [], stale: [] }
    const mismatch = (devices: object) => ({
      ok: false,
      code: 'device_mismatch',
      devices: { ...none, ...devices },
    })
    expect(await ask([{ deviceId: 2, registrationId: 4242 }])).toEqual(
      mismatch({ missing: [actual], extra: [2] }),
    )
    expect(await ask([{ ...actual, registrationId: 1 }])).toEqual(mismatch({ stale: [1] }))
    expect(await ask([actual, { deviceId: 9, registrationId: 7 }])).toEqual(mismatch({ extra: [9] }))
    expect(await ask([actual, actual])).toEqual({ ok: false, code: 'bad_request' })
    expect(await relay.running.storage.envelopes.queueLength(ben.address)).toBe(0)
    expect(await ask([actual])).toMatchObject({ ok: true })
  })

  it('tells the new device to who still addresses the old one', async () => {
    const [ada, ben] = [await relay.connect('ada'), await relay.connect('ben')]
    await relay.register('ben', { replaceExisting: true, registrationId: 99 })
    expect(await ada.ask('submit', ada.submission(ben, 'x'))).toEqual({
      ok: false,
      code: 'device_mismatch',
      devices: { missing: [{ deviceId: 2, registrationId: 99 }], extra: [1], stale: [] },
    })
  })

  it('does not tell an account that never was from one that has no device', async () => {
    const [ada, ben] = [await relay.connect('ada'), await relay.register('ben')]
    const submission = ada.submission(ben, 'x')
    const unknown = { ...submission, accountId: '00000000-0000-4000-8000-000000000000' }
    const refusal = { ok: false, code: 'not_reachable' }
    expect(await ada.ask('submit', unknown)).toEqual(refusal)
    await relay.running.devices.remove(ben.address)
    expect(await ada.ask('submit', submission)).toEqual(refusal)
  })
})

describe('what is malformed', () => {
  it('is answered with a code, whatever it is', async () => {
    const [ada, ben] = [await relay.connect('ada'), await relay.register('ben')]
    const good = ada.submission(ben, 'x')
    const requests: unknown[] = [
      undefined,
      null,
      7,
      'text',
      [],
      {},
      { ...good, idempotencyKey: 'short' },
      { ...good, accountId: 'not-a-uuid' },
      { ...good, urgent: 'yes' },
      { ...good, envelopes: [] },
      { ...good, envelopes: [{ ...good.envelopes[0], content: 'text' }] },
      { ...good, envelopes: [{ ...good.envelopes[0], content: Buffer.alloc(0) }] },
      { ...good, envelopes: [{ ...good.envelopes[0], deviceId: 128 }] },
      {
        ...good,
        envelopes: range(11).map((index) => ({ deviceId: index + 1, registrationId: 1, content: 'x' })),
      },
      { ...good, envelopes: { length: 1e9 } },
    ]
    for (const request of requests) {
      expect(await ada.ask('submit', request)).toEqual({ ok: false, code: 'bad_request' })
    }
    expect(await relay.running.storage.envelopes.queueLength(ben.address)).toBe(0)
  })

  it('is answered for every event, known or not, and with no callback is only passed over', async () => {
    const ada = await relay.connect('ada')
    const refusal = { ok: false, code: 'bad_request' }
    expect(await ada.ask('acknowledge', { sequences: ['1'] })).toEqual(refusal)
    expect(await ada.ask('acknowledge', { sequences: range(257) })).toEqual(refusal)
    expect(await ada.ask('outcomes', { idempotencyKeys: [] })).toEqual(refusal)
    expect(await ada.ask('constructor', {})).toEqual(refusal)
    expect(await ada.ask('__proto__')).toEqual(refusal)
    ada.socket.emit('submit')
    ada.socket.emit('submit', () => {}, 'not last')
    ada.socket.emit('nonsense', Buffer.alloc(10))
    expect(await ada.outcomes(unknownKey)).toEqual(['unknown'])
  })

  it('closes the connection of who sends nothing else', async () => {
    const ada = await relay.connect('ada')
    for (const index of range(40)) ada.socket.emit(`nonsense-${index}`)
    await ada.until(() => ada.happened.includes('disconnect'))
    await expectAlive()
  })

  it('has a code for an envelope that is too long, and a closed connection for far too much', async () => {
    const [ada, ben] = [await relay.connect('ada'), await relay.register('ben')]
    const tooLong = ada.submission(ben, Buffer.alloc(limits.envelopeBytes + 1))
    expect(await ada.ask('submit', tooLong)).toEqual({ ok: false, code: 'too_large' })
    expect(await ada.ask('submit', ada.submission(ben, Buffer.alloc(limits.envelopeBytes)))).toMatchObject({
      ok: true,
    })
    ada.socket.emit('submit', ada.submission(ben, Buffer.alloc(4 * 1024 * 1024)))
    await ada.until(() => ada.happened.includes('disconnect'))
    await expectAlive()
  })

  it('does not end the process below the protocol either: rubbish on the wire, and half a request', async () => {
    for (const bytes of [randomBytes(500), upgrade(), Buffer.concat([upgrade(), randomBytes(300)])]) {
      const socket = openTcp(bytes)
      await once(socket, 'connect')
      socket.destroy()
    }
    const polling = await fetch(`${relay.running.url}${routes.socketPath}/?EIO=4&transport=polling`)
    expect(polling.status).toBe(400)
    await polling.text()
    await expectAlive()
  })

  it('cannot pile up binary parts before it is known', async () => {
    const ada = await relay.register('ada')
    await ada.connect()
    // 50 parts announced in the packet's head; the parser must refuse at the head, not wait for them.
    const { engine } = ada.socket.io
    engine.write('550-["submit",{"_placeholder":true,"num":0}]')
    await ada.until(() => ada.happened.includes('disconnect'))
    await expectAlive()
  })
})

describe('a flood', () => {
  it('is refused with a time to wait, and others are served meanwhile', async () => {
    await relay.destroy()
    const submit = { burst: 10, perSecond: 0.5 }
    const rates = { ...defaultSocketRates, requests: { ...defaultSocketRates.requests, submit } }
    relay = await TestRelay.start({ rates })
    const [ada, ben, cyd] = [
      await relay.connect('ada'),
      await relay.connect('ben'),
      await relay.connect('cyd'),
    ]
    const answers = await Promise.all(range(50).map(() => ada.ask('submit', ada.submission(ben, 'flood'))))
    expect(answers.filter((answer) => answer.ok)).toHaveLength(10)
    const refused = answers.find((answer) => !answer.ok)
    expect(refused).toEqual({ ok: false, code: 'rate_limited', retryAfterMs: expect.any(Number) })
    await cyd.send(ben, 'calm')
    await ben.until(() => ben.contents.includes('calm'))
    await ada.connect()
    expect(await ada.ask('submit', ada.submission(ben, 'again'))).toMatchObject({ code: 'rate_limited' })
  })

  it('ends the connection of who does not heed the answer', async () => {
    await relay.destroy()
    relay = await TestRelay.start({ rates: scaleRates(defaultSocketRates, 0.1) })
    const ada = await relay.connect('ada')
    for (const _ of range(300)) ada.socket.emit('outcomes', { idempotencyKeys: [unknownKey] })
    await ada.until(() => ada.happened.includes('disconnect'))
    await expectAlive()
  })
})

describe('waking', () => {
  it('wakes a device that is away for what is urgent, and only then', async () => {
    const [ada, ben] = [await relay.connect('ada'), await relay.register('ben')]
    await ada.send(ben, 'receipt', { urgent: false })
    expect(relay.woken).toEqual([])
    const submission = ada.submission(ben, 'question')
    await ada.ask('submit', submission)
    await ada.ask('submit', submission)
    expect(relay.woken).toEqual([ben.address])
    await ben.connect()
    await ben.until(() => ben.received.length === 2)
    await ada.send(ben, 'while it listens')
    await ben.until(() => ben.received.length === 3)
    expect(relay.woken).toHaveLength(1)
  })

  it('wakes a device whose connection died with something urgent in its hands', async () => {
    const [ada, ben] = [await relay.connect('ada'), await relay.register('ben')]
    ben.acknowledges = false
    await ben.connect()
    await ada.send(ben, 'unread')
    await ben.until(() => ben.received.length === 1)
    expect(relay.woken).toEqual([])
    ben.socket.io.engine.close()
    await ben.until(() => ben.happened.includes('disconnect'))
    const cyd = await relay.connect('cyd')
    await cyd.outcomes(unknownKey)
    expect(relay.woken).toEqual([ben.address])
  })
})

describe('the log', () => {
  it('names no account, no token and no key, whatever happened', async () => {
    const [ada, ben] = [await relay.connect('ada'), await relay.connect('ben')]
    const submission = ada.submission(ben, 'x')
    await ada.ask('submit', submission)
    await ada.ask('submit', { ...submission, accountId: 'rubbish' })
    await relay.running.devices.remove(ben.address)
    await ada.ask('submit', ada.submission(ben, 'x'))
    relay.clockAheadMs = limits.envelopeLifetimeMs
    await relay.running.relay.sweep()
    const secrets = [ada, ben].flatMap(({ registered }) => [registered.accountId, registered.deviceToken])
    for (const secret of [...secrets, submission.idempotencyKey, 'rubbish']) {
      expect(relay.logged.join('\n')).not.toContain(secret)
    }
  })
})

describe('registration', () => {
  it('cuts nobody off unless asked to', async () => {
    const ben = await relay.connect('ben')
    await expect(relay.register('ben')).rejects.toMatchObject({ code: 'device_exists' })
    expect(await ben.outcomes(unknownKey)).toEqual(['unknown'])
  })

  it('cuts nobody off for keys that are not signed', async () => {
    const ben = await relay.connect('ben')
    const stranger = registerRequest()
    const request = { replaceExisting: true, signedPreKey: stranger.signedPreKey }
    await expect(relay.register('ben', request)).rejects.toMatchObject({ code: 'bad_signature' })
    expect(await ben.outcomes(unknownKey)).toEqual(['unknown'])
  })
})
