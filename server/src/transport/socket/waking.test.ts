import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TestRelay } from '../../testing/test-relay.ts'

let relay: TestRelay
beforeEach(async () => {
  relay = await TestRelay.start()
})
afterEach(() => relay.destroy())

const unknownKey = Buffer.alloc(16).toString('base64url')

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
