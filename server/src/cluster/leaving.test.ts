import { afterEach, beforeEach, expect, it } from 'vitest'
import type { TestDevice } from '../testing/test-device.ts'
import { TestRelay } from '../testing/test-relay.ts'
import { letDevicesGo } from './leaving.ts'

let relay: TestRelay
let devices: TestDevice[]
beforeEach(async () => {
  relay = await TestRelay.start()
  devices = []
  for (let index = 0; index < 6; index += 1) devices.push(await relay.connect(`person ${index}`))
})
afterEach(() => relay.destroy())

it('lets devices go one after the other, none of them as if it were cut off', async () => {
  const counts = new Set<number>()
  const watch = setInterval(() => counts.add(relay.running.connections.count), 20)
  const stop = letDevicesGo(relay.running.connections, 2_400)
  await Promise.all(devices.map((device) => device.until(() => device.happened.includes('disconnect'))))
  clearInterval(watch)
  stop()
  expect(counts.size).toBeGreaterThan(3)
  for (const device of devices) expect(device.happened.join()).not.toContain('revoked')
})
