/** One relay for a test file, and devices that are closed after each test. */
import type { TestDevice } from '@pli/client/testing'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { startTestRelay, type TestRelay } from './relay.ts'

export interface Devices {
  readonly relay: TestRelay
  /** A new device of a demo person; an earlier one of theirs is cut off. */
  make(...args: Parameters<TestRelay['device']>): Promise<TestDevice>
}

export function useDevices(): Devices {
  let relay: TestRelay | undefined
  const made: TestDevice[] = []
  beforeAll(async () => {
    relay = await startTestRelay()
  })
  afterEach(async () => {
    for (const device of made.splice(0)) await device.close()
  })
  afterAll(() => relay?.close())
  const running = () => {
    if (relay === undefined) throw new Error('the relay is not up')
    return relay
  }
  return {
    get relay() {
      return running()
    },
    make: async (slug, options) => {
      const device = await running().device(slug, { replaceExisting: true, ...options })
      made.push(device)
      return device
    },
  }
}
