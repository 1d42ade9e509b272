/** A device for tests: tabs over one storage, a fake relay, a messenger that only says whether it is open. */
import type { Messenger } from '../../api.ts'
import { createNativeEngine } from '../../engine-native/index.ts'
import { createPli, type PliOptions, type RunningPli } from '../../pli.ts'
import { createVault } from '../../vault/vault.ts'
import type { DeviceStorage } from '../device-storage.ts'
import { createMemoryStorage } from '../memory-storage.ts'
import type { MessengerContext } from '../messenger-context.ts'
import { createFakeRelay, type FakeRelay, makePerson } from './fake-relay.ts'

export const PIN = '482916'
export const WRONG_PIN = '111111'
export const an = makePerson('an', 'An')
export const bo = makePerson('bo', 'Bo')

const light = { memoryKiB: 8, passes: 1, lanes: 1 }

export interface TestDevice {
  storage: DeviceStorage
  relay: FakeRelay
  clock: { atMs: number }
  /** What each messenger was made from, in order, and which are closed. */
  contexts: MessengerContext[]
  closed: MessengerContext[]
  openTab(tabId: string, changes?: Partial<PliOptions>): Promise<RunningPli>
}

export function createTestDevice(storage: DeviceStorage = createMemoryStorage()): TestDevice {
  const device: TestDevice = {
    storage,
    relay: createFakeRelay([an, bo]),
    clock: { atMs: Date.UTC(2026, 0, 5, 9) },
    contexts: [],
    closed: [],
    openTab: (tabId, changes = {}) =>
      createPli({
        relay: device.relay.api,
        storage: device.storage,
        loadEngine: async () => createNativeEngine(),
        createMessenger: (context) => {
          device.contexts.push(context)
          const messenger = { localId: context.localId, close: () => void device.closed.push(context) }
          // Of a messenger, accounts only open and close it.
          return messenger as unknown as Messenger & { close(): void }
        },
        preparePhoto: () => Promise.reject(new Error('no photos here')),
        // Stretching as little as possible: what a PIN costs is the vault's own test.
        vault: createVault(changes.storage ?? device.storage, () => device.clock.atMs, light),
        tabId,
        locksWhenIdle: false,
        nowMs: () => device.clock.atMs,
        ...changes,
      }),
  }
  return device
}

export const registration = { pin: PIN, replaceExisting: false, deviceName: 'Test', language: 'nl' as const }

export async function registerPerson(pli: RunningPli, personId = an.personId) {
  const { pendingId } = await pli.redeemCode({ personId, code: '12345678' })
  return pli.register({ pendingId, ...registration })
}
