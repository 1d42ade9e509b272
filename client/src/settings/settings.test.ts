import { expect, it } from 'vitest'
import { openMemoryStore } from '../store/open-store.ts'
import { defaultSettings, readSettings, updateSettings, watchSettings } from './settings.ts'

it('keeps what was chosen, leaves the rest, and tells who watches', async () => {
  const store = await openMemoryStore()
  expect(await readSettings(store)).toEqual(defaultSettings('fr'))
  const live = await watchSettings(store)
  await Promise.all([updateSettings(store, { language: 'nl' }), updateSettings(store, { theme: 'dark' })])
  const chosen = { ...defaultSettings('nl'), theme: 'dark' }
  expect(await readSettings(store)).toEqual(chosen)
  await expect.poll(() => live.get()).toEqual(chosen)
  store.close()
})

it('never locks at once, nor never', async () => {
  const store = await openMemoryStore()
  await updateSettings(store, { lockAfterMinutes: 0 })
  expect((await readSettings(store)).lockAfterMinutes).toBe(1)
  await updateSettings(store, { lockAfterMinutes: 100_000 })
  expect((await readSettings(store)).lockAfterMinutes).toBe(480)
  store.close()
})
