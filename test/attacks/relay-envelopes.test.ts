/** A malicious relay against messages on their way: repeats, reorders, drops, alters, floods, and lies about it. */
import { randomBytes } from 'node:crypto'
import { limits } from '@pli/protocol/wire'
import { describe, expect, it } from 'vitest'
import { hasText, textsOf, until, untilMessage } from '../client/until.ts'
import { type Envelope, SILENCE, type Submission } from './hostile-relay.ts'
import { acquaint, befriend, pause, stillReads, untilState, untilUpToDate, useScene, wait } from './scene.ts'

const scene = useScene()

async function friends() {
  const one = await scene.victim('anne-sophie')
  const two = await scene.victim('nathalie')
  await acquaint(one, two)
  // The receipts are through as well: what comes by from here on is the attack's.
  for (const [from, to] of [
    [one, two],
    [two, one],
  ] as const) {
    await untilMessage(
      from.messenger,
      to.accountId,
      // The greeting is answered by the other's, which may be quicker than we look.
      ({ outgoing }) => outgoing?.state === 'delivered' || outgoing?.state === 'answered',
      'delivered',
    )
  }
  return { one, two }
}

/** Of what people wrote: receipts are not urgent. */
function submissionsOf(accountId: string): Submission[] {
  return scene.relay.submissions
    .filter(({ from, submission }) => from === accountId && submission.urgent)
    .map(({ submission }) => submission)
}

describe('what the relay does to envelopes', () => {
  it('replayed under new sequences, at once and much later: shown once', async () => {
    const { one, two } = await friends()
    await one.messenger.sendText(two.accountId, 'Bisoprolol 5 mg')
    await untilMessage(two.messenger, one.accountId, hasText('Bisoprolol 5 mg'), 'the message')
    const seen = scene.relay.deliveries
      .filter(({ to }) => to === two.accountId)
      .map(({ envelope }) => new Uint8Array(envelope.content))
    for (let round = 0; round < 3; round += 1) scene.relay.inject(two.accountId, seen)
    await two.close()
    await two.open()
    await untilUpToDate(two.messenger)
    const forged = scene.relay.inject(two.accountId, seen)
    await wait(() => scene.relay.acknowledged.includes(forged.at(-1)!), 'the acknowledgement')
    await one.messenger.sendText(two.accountId, 'and after it')
    await untilMessage(two.messenger, one.accountId, hasText('and after it'), 'what follows')
    const texts = await textsOf(two.messenger, one.accountId)
    expect(texts).toEqual(['hello', 'hello too', 'Bisoprolol 5 mg', 'and after it'])
  })

  it('delivered twice, backwards, and with the same sequence for others: each is shown exactly once', async () => {
    const { one, two } = await friends()
    let held: Envelope[] = []
    scene.relay.attacks = {
      deliver: (envelopes, to) => {
        if (to !== two.accountId) return envelopes
        held = [...held, ...envelopes]
        return []
      },
    }
    const texts = Array.from({ length: 12 }, (_, n) => `message ${n}`)
    for (const text of texts) await one.messenger.sendText(two.accountId, text)
    await wait(() => held.length >= texts.length, 'all of them')
    scene.relay.attacks = {}
    const backwards = held.toReversed()
    for (const envelope of [...backwards, ...held]) {
      scene.relay.emit(two.accountId, 'deliver', { envelopes: [envelope] })
    }
    await one.messenger.sendText(two.accountId, 'last')
    await untilMessage(two.messenger, one.accountId, hasText('last'), 'the last')
    const shown = await textsOf(two.messenger, one.accountId)
    expect(shown.toSorted()).toEqual(['hello', 'hello too', 'last', ...texts].toSorted())
  })

  it('dropped on the way: nothing else is lost, and it comes when the relay delivers again', async () => {
    const { one, two } = await friends()
    scene.relay.attacks = {
      deliver: (envelopes, to) => (to === two.accountId ? [] : envelopes),
    }
    await one.messenger.sendText(two.accountId, 'withheld')
    await wait(() => scene.relay.deliveries.some(({ to }) => to === two.accountId), 'the delivery')
    scene.relay.attacks = {}
    await one.messenger.sendText(two.accountId, 'let through')
    await untilMessage(two.messenger, one.accountId, hasText('let through'), 'the second')
    scene.relay.disconnect(two.accountId)
    await untilMessage(two.messenger, one.accountId, hasText('withheld'), 'the first')
    const texts = await textsOf(two.messenger, one.accountId)
    expect(texts.toSorted()).toEqual(['hello', 'hello too', 'let through', 'withheld'])
  })

  it('altered or truncated at any place: refused with a code, and the genuine one is read', async () => {
    const { one, two } = await friends()
    const altered = (content: Uint8Array, at: number) =>
      content.map((byte, index) => (index === at ? byte ^ 0x20 : byte))
    scene.relay.attacks = {
      deliver: (envelopes, to) => {
        if (to !== two.accountId) return envelopes
        const [first] = envelopes
        const content = new Uint8Array(first!.content)
        const step = Math.ceil(content.length / 25)
        const copies = Array.from({ length: 25 }, (_, n) => altered(content, n * step))
        const cut = [0.1, 0.5, 0.9].map((part) => content.subarray(0, Math.ceil(content.length * part)))
        scene.relay.inject(two.accountId, [...copies, ...cut])
        return envelopes
      },
    }
    await one.messenger.sendText(two.accountId, 'genuine')
    await untilMessage(two.messenger, one.accountId, hasText('genuine'), 'genuine')
    expect(await textsOf(two.messenger, one.accountId)).toEqual(['hello', 'hello too', 'genuine'])
    expect(two.refusals.length).toBeGreaterThanOrEqual(28)
    for (const refusal of two.refusals) {
      expect(refusal).toMatch(
        /^unseal:(bad_mac|malformed|unsupported_version|invalid_key|invalid_key_agreement)$/,
      )
    }
  })

  it('ten thousand at once, against the protocol: memory is bounded, others are read, nothing genuine is lost', async () => {
    const { one, two } = await friends()
    const rubbish = Array.from({ length: 10_000 }, () => randomBytes(2_000))
    const forged = scene.relay.inject(two.accountId, rubbish)
    const taken = () => scene.relay.acknowledged.filter((sequence) => sequence >= forged[0]!).length
    await wait(() => taken() > 0, 'the first of them')
    for (let before = -1; before !== taken(); ) {
      before = taken()
      await pause(400)
    }
    // What did not fit was left with the relay, which must deliver it again.
    expect(taken()).toBeLessThan(5_000)
    await one.messenger.sendText(two.accountId, 'in the crowd')
    await untilMessage(two.messenger, one.accountId, hasText('in the crowd'), 'the message')
    expect(await textsOf(two.messenger, one.accountId)).toEqual(['hello', 'hello too', 'in the crowd'])
  })

  it('events that are no events: ignored', async () => {
    const { one, two } = await friends()
    const { relay } = scene
    const good = { sequence: 2_000_000_000, receivedAtMs: Date.now(), content: randomBytes(100) }
    for (const payload of [
      undefined,
      null,
      'deliver',
      { envelopes: 'many' },
      { envelopes: [] },
      { envelopes: [{ ...good, content: 'text' }] },
      { envelopes: [{ ...good, sequence: -1 }] },
      { envelopes: [{ ...good, sequence: 1.5 }] },
      { envelopes: [{ ...good, receivedAtMs: 'now' }] },
      { envelopes: [{ ...good, receivedAtMs: 1e300 }] },
      { envelopes: [{ ...good, content: Buffer.alloc(limits.envelopeBytes + 1) }] },
      { envelopes: Array(11).fill({ ...good, content: [] }) },
    ]) {
      relay.emit(two.accountId, 'deliver', payload)
    }
    relay.emit(two.accountId, 'drained', { anything: [1] })
    relay.emit(two.accountId, '__proto__', {})
    relay.emit(two.accountId, 'deliver', {
      envelopes: [{ ...good, content: Buffer.alloc(20 * 1024 * 1024) }],
    })
    await one.messenger.sendText(two.accountId, 'still here')
    await untilMessage(two.messenger, one.accountId, hasText('still here'), 'what follows')
    expect(relay.acknowledged).not.toContain(good.sequence)
    const view = await until(two.messenger.conversation(one.accountId, 50), () => true, 'the view')
    for (const { atMs } of view.messages) expect(() => new Date(atMs).toISOString()).not.toThrow()
  })

  it('a time of receipt from the far past or future: the message is not taken for a forgery, nor lost', async () => {
    const { one, two } = await friends()
    const other = await scene.peer('kevin')
    scene.relay.attacks = {
      deliver: (envelopes) =>
        envelopes.map((one) => ({ ...one, receivedAtMs: Date.now() + 3 * 24 * 3600_000 })),
    }
    await one.messenger.sendText(two.accountId, 'certified long ago')
    await wait(() => two.refusals.includes('unseal:sender_certificate_expired'), 'the refusal')
    scene.relay.attacks = {}
    await befriend(other, two)
    await stillReads(other, two)
    // The sender sees that it was never delivered, and its person may send it again.
    await one.messenger.sendText(two.accountId, 'certified now')
    await untilMessage(two.messenger, one.accountId, hasText('certified now'), 'the next')
  })

  it('a revocation that never was: it stops, says so, and what it has is there when it is opened again', async () => {
    const { one, two } = await friends()
    scene.relay.emit(two.accountId, 'revoked', { reason: ['because'] })
    await until(two.messenger.connection, (state) => state.state === 'revoked', 'the stop')
    expect(await textsOf(two.messenger, one.accountId)).toEqual(['hello', 'hello too'])
    await one.messenger.sendText(two.accountId, 'meanwhile')
    await two.close()
    await two.open()
    await untilMessage(two.messenger, one.accountId, hasText('meanwhile'), 'what came meanwhile')
  })
})

describe('what the relay answers to a submission', () => {
  it.each<[string, object, string]>([
    [
      'that the devices are others',
      { ok: false, code: 'device_mismatch', devices: { missing: [], extra: [], stale: [] } },
      'refused',
    ],
    ['that the key was used', { ok: false, code: 'conflict' }, 'refused'],
    ['that it is malformed', { ok: false, code: 'bad_request' }, 'refused'],
  ])('%s, for ever: it gives up after a few rounds, and says so', async (_name, answer, code) => {
    const { one, two } = await friends()
    scene.relay.forget()
    scene.relay.attacks = { submit: async () => answer }
    const id = await one.messenger.sendText(two.accountId, 'round and round')
    expect(await untilState(one.messenger, two.accountId, id, 'failed')).toMatchObject({ code })
    await pause(300)
    const rounds = submissionsOf(one.accountId).length
    expect(rounds).toBeGreaterThan(0)
    expect(rounds).toBeLessThanOrEqual(7)
    expect(scene.relay.requests.length).toBeLessThan(30)
    // No ratchet step is submitted twice under different keys.
    const sealed = submissionsOf(one.accountId).map(({ envelopes }) =>
      Buffer.from(envelopes[0]!.content).toString('hex'),
    )
    expect(new Set(sealed).size).toBe(sealed.length)
    scene.relay.attacks = {}
    await one.messenger.retry(id)
    await untilMessage(two.messenger, one.accountId, hasText('round and round'), 'the message')
    await two.messenger.sendText(one.accountId, 'an answer')
    await untilMessage(one.messenger, two.accountId, hasText('an answer'), 'the answer')
  })

  it('that a device is gone which is not: what it sends is still read', async () => {
    const { one, two } = await friends()
    let told = false
    scene.relay.attacks = {
      submit: async (submission, pass) => {
        if (told || submission.accountId !== two.accountId) return pass()
        told = true
        const extra = submission.envelopes.map(({ deviceId }) => deviceId)
        return { ok: false, code: 'device_mismatch', devices: { missing: [], extra, stale: [] } }
      },
      // Until then its answer waits.
      deliver: (envelopes, to) => (to === one.accountId && !told ? [] : envelopes),
    }
    await two.messenger.sendText(one.accountId, 'encrypted in the session that was')
    await wait(() => scene.relay.deliveries.some(({ to }) => to === one.accountId), 'its way')
    await one.messenger.sendText(two.accountId, 'to the same device')
    await untilMessage(two.messenger, one.accountId, hasText('to the same device'), 'the message')
    scene.relay.disconnect(one.accountId)
    await untilMessage(
      one.messenger,
      two.accountId,
      hasText('encrypted in the session that was'),
      'the other',
    )
    expect(one.refusals).toEqual([])
    expect(await textsOf(one.messenger, two.accountId)).not.toContain('<unreadable>')
  })

  it.each<[string, unknown]>([
    ['nothing that can be read', { ok: true, value: { receivedAtMs: 'soon' } }],
    ['a time no calendar has', { ok: true, value: { receivedAtMs: -1e300, duplicate: false } }],
    ['a code nobody knows', { ok: false, code: 'because' }],
    ['to come back in a thousand years', { ok: false, code: 'rate_limited', retryAfterMs: 3e13 }],
    ['an HTML page', '<html>captive portal</html>'],
  ])('%s: it waits, tries seldom, with the very same bytes, and it arrives once', async (_name, answer) => {
    const { one, two } = await friends()
    scene.relay.forget()
    scene.relay.attacks = { submit: async () => answer }
    const id = await one.messenger.sendText(two.accountId, 'patience')
    await wait(() => submissionsOf(one.accountId).length > 0, 'the first try')
    await pause(1_200)
    expect(submissionsOf(one.accountId).length).toBeLessThan(4)
    await untilState(one.messenger, two.accountId, id, 'waiting')
    scene.relay.attacks = {}
    // A new line, or the next try, whichever comes first.
    scene.relay.disconnect(one.accountId)
    await untilMessage(two.messenger, one.accountId, hasText('patience'), 'the message')
    await untilState(one.messenger, two.accountId, id, 'delivered')
    const letters = submissionsOf(one.accountId).map(({ idempotencyKey }) => idempotencyKey)
    expect(new Set(letters).size).toBe(1)
    expect((await textsOf(two.messenger, one.accountId)).filter((text) => text === 'patience')).toHaveLength(
      1,
    )
  })

  it('that it has what it threw away, or had it before: never shown as delivered', async () => {
    const { one, two } = await friends()
    scene.relay.attacks = {
      submit: async () => ({ ok: true, value: { receivedAtMs: Date.now(), duplicate: true } }),
      outcomes: async () => ({ ok: true, value: { states: Array(100).fill('delivered') } }),
    }
    const id = await one.messenger.sendText(two.accountId, 'thrown away')
    await untilState(one.messenger, two.accountId, id, 'relayed')
    scene.relay.disconnect(one.accountId)
    await untilUpToDate(one.messenger)
    await pause(300)
    await untilState(one.messenger, two.accountId, id, 'relayed')
    scene.relay.attacks = {}
    await one.messenger.sendText(two.accountId, 'kept')
    await untilMessage(two.messenger, one.accountId, hasText('kept'), 'what follows')
  })

  it('that it expired: said so, and put right by the receipt of who has it', async () => {
    const { one, two } = await friends()
    await two.close()
    scene.relay.attacks = {
      outcomes: async () => ({ ok: true, value: { states: Array(100).fill('expired') } }),
    }
    const id = await one.messenger.sendText(two.accountId, 'said to be expired')
    await untilState(one.messenger, two.accountId, id, 'relayed')
    scene.relay.disconnect(one.accountId)
    await untilState(one.messenger, two.accountId, id, 'expired')
    await two.open()
    await untilState(one.messenger, two.accountId, id, 'delivered')
  })

  it('no acknowledgement of acknowledgements: what came is shown once all the same', async () => {
    const { one, two } = await friends()
    scene.relay.attacks = { acknowledge: async () => SILENCE }
    await one.messenger.sendText(two.accountId, 'unacknowledged')
    await untilMessage(two.messenger, one.accountId, hasText('unacknowledged'), 'the message')
    scene.relay.attacks = {}
    scene.relay.disconnect(two.accountId)
    await untilUpToDate(two.messenger)
    await one.messenger.sendText(two.accountId, 'next')
    await untilMessage(two.messenger, one.accountId, hasText('next'), 'the next')
    expect(await textsOf(two.messenger, one.accountId)).toEqual([
      'hello',
      'hello too',
      'unacknowledged',
      'next',
    ])
  })
})

it('a line that is cut again and again: tried seldom, and everything arrives in order', async () => {
  const { one, two } = await friends()
  const before = scene.relay.connections
  const cutting = setInterval(() => scene.relay.disconnect(two.accountId), 50)
  const texts = Array.from({ length: 5 }, (_, n) => `through ${n}`)
  for (const text of texts) await one.messenger.sendText(two.accountId, text)
  await pause(3_000)
  clearInterval(cutting)
  expect(scene.relay.connections - before).toBeLessThan(8)
  await untilMessage(two.messenger, one.accountId, hasText('through 4'), 'the last')
  expect((await textsOf(two.messenger, one.accountId)).slice(2)).toEqual(texts)
})
