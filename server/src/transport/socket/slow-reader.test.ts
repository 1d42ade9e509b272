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
const unknownKey = Buffer.alloc(16).toString('base64url')

describe('a slow reader', () => {
  it('has at most its window in flight, by count, and goes on as it acknowledges', async () => {
    const [ada, ben] = [await relay.connect('ada'), await relay.register('ben')]
    ben.acknowledges = false
    await ben.connect()
    await Promise.all(range(150).map((index) => ada.send(ben, `${index}`)))
    await ben.until(() => ben.received.length >= limits.deliveryWindowEnvelopes)
    await ben.outcomes(unknownKey)
    expect(ben.received).toHaveLength(limits.deliveryWindowEnvelopes)
    await ben.acknowledge([1, 2, 3])
    await ben.until(() => ben.received.length === limits.deliveryWindowEnvelopes + 3)
    ben.acknowledges = true
    await ben.acknowledge(ben.received.map((envelope) => envelope.sequence))
    await ben.until(() => ben.received.length === 150)
    expect(ben.contents).toEqual(range(150).map(String))
  })

  it('has at most its window in flight, by bytes', async () => {
    const [ada, ben] = [await relay.connect('ada'), await relay.register('ben')]
    ben.acknowledges = false
    await ben.connect()
    const big = randomBytes(limits.envelopeBytes)
    for (const _ of range(16)) await ada.send(ben, big)
    const fitting = Math.floor(limits.deliveryWindowBytes / limits.envelopeBytes)
    await ben.until(() => ben.received.length >= fitting)
    await ben.outcomes(unknownKey)
    expect(ben.received).toHaveLength(fitting)
    await ben.acknowledge([1])
    await ben.until(() => ben.received.length === fitting + 1)
  })

  it.each([
    ['count', 90, 10],
    ['bytes', 25, limits.envelopeBytes],
  ])(
    'is not told drained before the last envelope that waited, with a window full by %s',
    async (_by, count, size) => {
      const [ada, ben] = [await relay.connect('ada'), await relay.register('ben')]
      for (const _ of range(count)) await ada.send(ben, Buffer.alloc(size, 1))
      ben.acknowledges = false
      await ben.connect()
      await ben.until(() => ben.received.length >= 10)
      await ben.outcomes(unknownKey)
      expect(ben.received.length).toBeLessThan(count)
      expect(ben.happened).not.toContain('drained')
      ben.acknowledges = true
      await ben.acknowledge(ben.received.map((envelope) => envelope.sequence))
      await ben.until(() => ben.happened.includes('drained'))
      expect(ben.received).toHaveLength(count)
    },
  )

  it('misses nothing that arrives while its queue is being read', async () => {
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    let reading = () => {}
    const begun = new Promise<void>((resolve) => {
      reading = resolve
    })
    await relay.destroy()
    relay = await TestRelay.start({
      wrapStorage: (storage: Storage) => ({
        ...storage,
        envelopes: {
          ...storage.envelopes,
          list: async (address, bounds) => {
            const listed = await storage.envelopes.list(address, bounds)
            reading()
            await held
            return listed
          },
        },
      }),
    })
    const [ada, ben] = [await relay.connect('ada'), await relay.connect('ben')]
    await begun
    await ada.send(ben, 'meanwhile')
    release()
    await ben.until(() => ben.contents.includes('meanwhile'))
  })
})
