import { describe, expect, it } from 'vitest'
import type { DeviceRecords, DeviceStorage } from '../accounts/device-storage.ts'
import { createMemoryStorage } from '../accounts/memory-storage.ts'
import { createVault } from './vault.ts'

const PIN = '482916'
const WRONG = '111111'

function createClock() {
  const clock = { atMs: 1_700_000_000_000, now: () => clock.atMs, pass: (ms: number) => (clock.atMs += ms) }
  return clock
}

/** As a browser is: with a key of the device that cannot be exported. */
function createStorage(): DeviceStorage {
  return {
    ...createMemoryStorage(),
    createDeviceKey: () =>
      crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']),
  }
}

/** Many PINs are tried here: what one costs is looked at in one test only. */
const light = { memoryKiB: 8, passes: 1, lanes: 1 }

async function createTried() {
  const clock = createClock()
  const storage = createStorage()
  const vault = createVault(storage, clock.now, light)
  const dataKey = await vault.create('account', PIN)
  return { clock, storage, vault, dataKey }
}

describe('a vault', () => {
  it('opens with its PIN, from whichever keyboard, and in another tab', async () => {
    const { storage, dataKey, clock } = await createTried()
    const again = createVault(storage, clock.now)
    expect(await again.open('account', PIN)).toEqual(dataKey)
    expect(await again.open('account', '４８２９１６')).toEqual(dataKey)
    expect(dataKey).toHaveLength(32)
  })

  it('keeps neither the data key nor the PIN, and makes guessing cost 64 MiB and three passes', async () => {
    const { storage, dataKey, clock } = await createTried()
    await createVault(storage, clock.now).changePin('account', PIN, PIN)
    const kept = JSON.stringify(await storage.records.get('vault:account'), (_key, value) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
    )
    expect(kept).not.toContain(Buffer.from(dataKey).toString('hex'))
    expect(kept).not.toContain(PIN)
    const record = await storage.records.get('vault:account')
    expect(record).toMatchObject({
      deviceKey: { extractable: false },
      wraps: [{ memoryKiB: 65536, passes: 3 }],
    })
  })

  it('does not open elsewhere: without the key of this device, or as another account', async () => {
    const { storage, vault } = await createTried()
    const record = (await storage.records.get('vault:account')) as object
    await storage.records.update('vault:other', () => record)
    await expect(vault.open('other', PIN)).rejects.toMatchObject({ code: 'pin_wrong' })
    await storage.records.update('vault:account', () => ({ ...record, deviceKey: undefined }))
    await expect(vault.open('account', PIN)).rejects.toMatchObject({ code: 'pin_wrong' })
  })

  it('makes wrong PINs wait, longer and longer, and says so beforehand', async () => {
    const { clock, vault, dataKey } = await createTried()
    for (const left of [9, 8]) {
      await expect(vault.open('account', WRONG)).rejects.toMatchObject({ code: 'pin_wrong', triesLeft: left })
    }
    await expect(vault.open('account', WRONG)).rejects.toMatchObject({
      code: 'pin_wrong',
      triesLeft: 7,
      retryAtMs: clock.now() + 30_000,
    })
    clock.pass(29_999)
    // Even the right one must wait, and costs no try.
    await expect(vault.open('account', PIN)).rejects.toMatchObject({ code: 'pin_wait', triesLeft: 7 })
    expect(await vault.state('account')).toEqual({ triesLeft: 7, nextTryAtMs: clock.now() + 1 })
    clock.pass(1)
    expect(await vault.open('account', PIN)).toEqual(dataKey)
    expect(await vault.state('account')).toEqual({ triesLeft: 10 })
  })

  it('waits no longer than once more when the clock was set back', async () => {
    const { clock, vault, dataKey } = await createTried()
    for (let tries = 0; tries < 3; tries += 1) await vault.open('account', WRONG).catch(() => {})
    clock.pass(-86_400_000)
    await expect(vault.open('account', PIN)).rejects.toMatchObject({ code: 'pin_wait' })
    clock.pass(30_000)
    expect(await vault.open('account', PIN)).toEqual(dataKey)
  })

  it('is spent after the tenth wrong PIN, also for the right one', async () => {
    const { clock, vault } = await createTried()
    for (let left = 9; left > 0; left -= 1) {
      await expect(vault.open('account', WRONG)).rejects.toMatchObject({ code: 'pin_wrong', triesLeft: left })
      clock.pass(5 * 3600_000)
    }
    await expect(vault.open('account', WRONG)).rejects.toMatchObject({ code: 'erased' })
    clock.pass(5 * 3600_000)
    await expect(vault.open('account', PIN)).rejects.toMatchObject({ code: 'erased' })
    await vault.destroy('account')
    expect(await vault.state('account')).toBeUndefined()
    await expect(vault.open('account', PIN)).rejects.toMatchObject({ code: 'erased' })
  })

  it('counts a try before it looks at the PIN: killing the process saves none', async () => {
    const { storage, clock } = await createTried()
    let writes = 0
    const dying: DeviceRecords = {
      ...storage.records,
      update: async (key, change) => {
        writes += 1
        return storage.records.update(key, change)
      },
    }
    const tab = createVault({ ...storage, records: dying }, clock.now)
    const attempt = tab.open('account', WRONG).catch(() => {})
    await expect.poll(() => writes).toBe(1)
    // The PIN is still being stretched; a second tab reads what a restart would read.
    expect(await createVault(storage, clock.now).state('account')).toEqual({ triesLeft: 9 })
    await attempt
  })

  it('counts every one of many tries at once', async () => {
    const { vault } = await createTried()
    const outcomes = await Promise.all(
      [1, 2, 3, 4, 5].map(() => vault.open('account', WRONG).catch((error: { code: string }) => error.code)),
    )
    expect(outcomes.sort()).toEqual(['pin_wait', 'pin_wait', 'pin_wrong', 'pin_wrong', 'pin_wrong'])
    expect(await vault.state('account')).toMatchObject({ triesLeft: 7 })
  })

  it('changes the PIN for whoever knows the present one, and never to a short one', async () => {
    const { vault, dataKey } = await createTried()
    await expect(vault.changePin('account', PIN, '12345')).rejects.toMatchObject({ code: 'pin_too_short' })
    await expect(vault.changePin('account', WRONG, '654321')).rejects.toMatchObject({ code: 'pin_wrong' })
    await vault.changePin('account', PIN, '654321')
    await expect(vault.open('account', PIN)).rejects.toMatchObject({ code: 'pin_wrong' })
    expect(await vault.open('account', '654321')).toEqual(dataKey)
    await expect(vault.create('new', '12345')).rejects.toMatchObject({ code: 'pin_too_short' })
  })
})
