/**
 * Two tabs of one browser: two `Pli` over one IndexedDB. Node 20 has no Web Locks: an in-process queue of the same
 * behaviour stands in for them here; the real ones are proven in Chromium (`test/browser/`).
 */
import 'fake-indexeddb/auto'
import { expect, it } from 'vitest'
import { createInProcessLocks } from '../owner/in-process-locks.ts'
import { put } from '../store/record-store.ts'
import { openBrowserStorage } from './browser-storage.ts'
import { createTestDevice, PIN, registerPerson, WRONG_PIN } from './testing/device.ts'

it('runs one account in two tabs: one owns the ratchets, the other follows and takes over', async () => {
  const locks = createInProcessLocks()
  const device = createTestDevice(await openBrowserStorage(locks))
  const first = await device.openTab('one')
  const second = await device.openTab('two', { storage: await openBrowserStorage(locks) })
  const localId = await registerPerson(first)
  await expect.poll(() => second.accounts.get()).toMatchObject([{ localId, unlocked: false }])
  await expect(second.unlock(localId, WRONG_PIN)).rejects.toMatchObject({ code: 'pin_wrong', triesLeft: 9 })
  await second.unlock(localId, PIN)

  const [one, two] = device.contexts
  await expect.poll(() => one!.owner.fence.get()).toBe(1)
  expect(two!.owner.fence.get()).toBeUndefined()
  const record = { record: Uint8Array.of(1) }
  await one!.store.commit([put('sessions', 'someone.1', record)], { fence: 1 })
  expect(await two!.store.get('sessions', 'someone.1')).toEqual(record)

  const heard = new Promise((resolve) => one!.store.onChange(resolve))
  await two!.store.commit([put('drafts', 'someone', { text: 'later' } as never, { group: 'someone' })])
  expect(await heard).toEqual([{ table: 'drafts', group: 'someone' }])

  await first.close()
  await expect.poll(() => two!.owner.fence.get()).toBe(2)
  await expect(
    two!.store.commit([put('sessions', 'someone.1', { record: Uint8Array.of(2) })], { fence: 1 }),
  ).rejects.toMatchObject({ code: 'not_owner' })
  expect(await two!.store.get('sessions', 'someone.1')).toEqual(record)
  await second.close()
})

it('finds accounts, and their keys of this device, after the browser was closed', async () => {
  const locks = createInProcessLocks()
  const device = createTestDevice(await openBrowserStorage(locks))
  const first = await device.openTab('one')
  const { length: before } = first.accounts.get()!
  const localId = await registerPerson(first)
  await first.close()
  const again = await device.openTab('one', { storage: await openBrowserStorage(locks) })
  expect(again.accounts.get()).toHaveLength(before + 1)
  await again.unlock(localId, PIN)
  expect(await device.contexts.at(-1)!.store.count('preKeys')).toBe(100)
  await device.contexts.at(-1)!.erase()
  expect(again.accounts.get()).toHaveLength(before)
  expect((await indexedDB.databases()).map(({ name }) => name)).not.toContain(`pli-${localId}`)
  await again.close()
})
