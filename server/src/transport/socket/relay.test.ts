import { randomBytes } from 'node:crypto'
import { limits } from '@pli/protocol/wire'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Storage } from '../../storage/interfaces.ts'
import { TestRelay } from '../../testing/test-relay.ts'

let relay: TestRelay
beforeEach(async () => {
  relay = await TestRelay.start()
})
afterEach(() => relay.destroy())

const range = (count: number) => Array.from({ length: count }, (_, index) => index)

describe('store and forward', () => {
  it('hands an envelope to a connected device, byte for byte, and forgets it once acknowledged', async () => {
    const [ada, ben] = [await relay.connect('ada'), await relay.connect('ben')]
    const content = randomBytes(2_305)
    const receipt = await ada.send(ben, content)
    expect(receipt.duplicate).toBe(false)
    await ben.until(() => ben.happened.includes('acknowledged'))
    expect(Buffer.from(ben.received[0]?.content ?? []).equals(content)).toBe(true)
    expect(ben.received[0]?.receivedAtMs).toBe(receipt.receivedAtMs)
    expect(await relay.running.storage.envelopes.queueLength(ben.address)).toBe(0)
    expect(await ada.outcomes(receipt.idempotencyKey)).toEqual(['delivered'])
  })

  it('keeps an envelope for a device that is away, through a restart, and then says drained', async () => {
    const ada = await relay.connect('ada')
    const ben = await relay.register('ben')
    const receipt = await ada.send(ben, 'first')
    await ada.send(ben, 'second')
    expect(await ada.outcomes(receipt.idempotencyKey)).toEqual(['queued'])
    await relay.down()
    await relay.up()
    await ben.connect()
    await ben.until(() => ben.happened.includes('drained'))
    expect(ben.contents).toEqual(['first', 'second'])
    expect(ben.happened.indexOf('drained')).toBeGreaterThan(ben.happened.indexOf('deliver 2'))
  })

  it('says drained at once when nothing waits', async () => {
    const ben = await relay.connect('ben')
    await ben.until(() => ben.happened.includes('drained'))
    expect(ben.happened).toEqual(['drained'])
  })

  it('delivers in the order of sequence, whatever arrives at the same time', async () => {
    const senders = await Promise.all(range(4).map((index) => relay.connect(`sender-${index}`)))
    const ben = await relay.connect('ben')
    await Promise.all(
      range(120).map((index) => senders[index % 4]?.send(ben, `${index % 4} ${Math.floor(index / 4)}`)),
    )
    await ben.until(() => ben.received.length === 120)
    const sequences = ben.received.map((envelope) => envelope.sequence)
    expect(sequences).toEqual(range(120).map((index) => index + 1))
    for (const sender of range(4)) {
      const order = ben.contents.filter((text) => text.startsWith(`${sender} `))
      expect(order).toEqual(range(30).map((index) => `${sender} ${index}`))
    }
  })

  it('sends again what was not acknowledged, with the same sequences', async () => {
    const [ada, ben] = [await relay.connect('ada'), await relay.register('ben')]
    ben.acknowledges = false
    await ben.connect()
    for (const text of ['a', 'b', 'c']) await ada.send(ben, text)
    await ben.until(() => ben.received.length === 3)
    await ben.acknowledge([2])
    await ben.connect()
    await ben.until(() => ben.happened.includes('drained') && ben.received.length === 5)
    expect(ben.contents).toEqual(['a', 'b', 'c', 'a', 'c'])
    expect(ben.received.map((envelope) => envelope.sequence)).toEqual([1, 2, 3, 1, 3])
  })

  it('queues one envelope when a submission is repeated, and refuses other content under its key', async () => {
    const [ada, ben] = [await relay.connect('ada'), await relay.register('ben')]
    const submission = ada.submission(ben, 'once')
    const answers = await Promise.all(
      range(3).map(() => ada.ask<{ duplicate: boolean }>('submit', submission)),
    )
    const duplicates = answers.map((answer) => answer.ok && answer.value.duplicate)
    expect(duplicates).toEqual([false, true, true])
    await relay.down()
    await relay.up()
    await ada.connect()
    expect(await ada.ask('submit', submission)).toMatchObject({ ok: true, value: { duplicate: true } })
    const other = ada.submission(ben, 'other', { idempotencyKey: submission.idempotencyKey })
    expect(await ada.ask('submit', other)).toEqual({ ok: false, code: 'conflict' })
    await ben.connect()
    await ben.until(() => ben.happened.includes('drained'))
    expect(ben.contents).toEqual(['once'])
  })

  it('lets a newer connection of the same device take over', async () => {
    const [ada, ben] = [await relay.connect('ada'), await relay.register('ben')]
    ben.acknowledges = false
    await ben.connect()
    await ada.send(ben, 'before')
    await ben.until(() => ben.received.length === 1)
    const again = relay.deviceOf(ben.registered)
    await again.connect()
    await ben.until(() => ben.happened.includes('disconnect'))
    await ada.send(ben, 'after')
    await again.until(() => again.received.length === 2)
    expect(again.contents).toEqual(['before', 'after'])
    expect(ben.contents).toEqual(['before'])
    expect(relay.running.connections.count).toBe(2)
  })

  it('reports what expired after 30 days, and keeps what did not', async () => {
    const [ada, ben] = [await relay.connect('ada'), await relay.register('ben')]
    const old = await ada.send(ben, 'old')
    relay.clockAheadMs = 24 * 3600_000
    const young = await ada.send(ben, 'young')
    relay.clockAheadMs = limits.envelopeLifetimeMs + 60_000
    expect(await relay.running.relay.sweep()).toBe(1)
    const never = Buffer.alloc(16).toString('base64url')
    const states = await ada.outcomes(old.idempotencyKey, young.idempotencyKey, never)
    expect(states).toEqual(['expired', 'queued', 'unknown'])
    await ben.connect()
    await ben.until(() => ben.happened.includes('drained'))
    expect(ben.contents).toEqual(['young'])
  })
})

describe('durability', () => {
  it('acknowledges to the sender only after the commit, and delivers only after it too', async () => {
    let commit = () => {}
    const held = new Promise<void>((resolve) => {
      commit = resolve
    })
    const events: string[] = []
    await relay.destroy()
    relay = await TestRelay.start({
      wrapStorage: (storage: Storage) => ({
        ...storage,
        envelopes: {
          ...storage.envelopes,
          submit: async (submission) => {
            await held
            const result = await storage.envelopes.submit(submission)
            events.push('committed')
            return result
          },
        },
      }),
    })
    const [ada, ben] = [await relay.connect('ada'), await relay.connect('ben')]
    const sent = ada.send(ben, 'text').then(() => events.push('acknowledged'))
    ben.socket.on('deliver', () => events.push('delivered'))
    // A round trip later neither has happened.
    await ada.outcomes(Buffer.alloc(16).toString('base64url'))
    expect(events).toEqual([])
    commit()
    await sent
    await ben.until(() => ben.received.length === 1)
    expect(events[0]).toBe('committed')
    expect(events).toHaveLength(3)
  })

  it('refuses a submission that the store could not commit, and works when it can again', async () => {
    let broken = true
    await relay.destroy()
    relay = await TestRelay.start({
      wrapStorage: (storage: Storage) => ({
        ...storage,
        envelopes: {
          ...storage.envelopes,
          submit: async (submission) => {
            if (broken) throw new Error('disk full at /secret/path')
            return storage.envelopes.submit(submission)
          },
        },
      }),
    })
    const [ada, ben] = [await relay.connect('ada'), await relay.connect('ben')]
    const submission = ada.submission(ben, 'text')
    expect(await ada.ask('submit', submission)).toEqual({ ok: false, code: 'internal' })
    expect(relay.logged.join()).not.toContain('secret')
    broken = false
    expect(await ada.ask('submit', submission)).toMatchObject({ ok: true, value: { duplicate: false } })
  })

  it('answers or keeps everything when it is restarted in the middle, and delivers each envelope', async () => {
    const [ada, ben] = [await relay.connect('ada'), await relay.connect('ben')]
    const submissions = range(60).map((index) => ada.submission(ben, `message ${index}`))
    const submitAll = () =>
      Promise.allSettled(
        submissions.map((submission) => ada.ask<{ duplicate: boolean }>('submit', submission)),
      )
    const first = submitAll()
    await ben.until(() => ben.received.length > 0)
    await relay.down()
    ada.disconnect()
    const confirmed = (await first).map((result) => result.status === 'fulfilled' && result.value.ok)
    await relay.up()
    await ada.connect()
    await ben.connect()
    const second = (await submitAll()).map((result) => result.status === 'fulfilled' && result.value)
    // What had been confirmed is a duplicate now: it was on disk.
    for (const [index, wasConfirmed] of confirmed.entries()) {
      if (wasConfirmed) expect(second[index]).toMatchObject({ ok: true, value: { duplicate: true } })
    }
    await ben.until(() => new Set(ben.contents).size === 60)
    expect(new Set(ben.contents)).toEqual(new Set(range(60).map((index) => `message ${index}`)))
  })
})
