import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { limits, routes } from '@pli/protocol/wire'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openTcp, upgrade } from '../../testing/raw-connection.ts'
import { TestRelay } from '../../testing/test-relay.ts'
import { defaultSocketRates, scaleRates } from './rates.ts'

let relay: TestRelay
beforeEach(async () => {
  relay = await TestRelay.start()
})
afterEach(() => relay.destroy())

const range = (count: number) => Array.from({ length: count }, (_, index) => index)
const unknownKey = Buffer.alloc(16).toString('base64url')

/** The relay is alive and well: somebody else can still send and receive. */
async function expectAlive(): Promise<void> {
  const [one, two] = [
    await relay.connect(`p${randomBytes(4).toString('hex')}`),
    await relay.connect('witness'),
  ]
  await one.send(two, 'still here')
  await two.until(() => two.contents.includes('still here'))
}

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
      const socket = openTcp(relay.running.url, bytes)
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
