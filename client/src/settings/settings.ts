/**
 * An account's settings on this device, as a live value: the same in every tab that has it unlocked.
 * Not concerned with what they do.
 */
import type { Language, Live, Settings } from '../api.ts'
import { createLive } from '../live/live-value.ts'
import type { RecordStore } from '../store/record-store.ts'

const KEY = 'settings'

/** Receipts are off until somebody turns them on; notifications until somebody agreed to them. */
export function defaultSettings(language: Language): Settings {
  return { language, theme: 'system', receipts: false, lockAfterMinutes: 10, notifications: 'off' }
}

export const LOCK_AFTER_MAX_MINUTES = 8 * 60

export async function readSettings(store: RecordStore): Promise<Settings> {
  return { ...defaultSettings('fr'), ...(await store.get('settings', KEY)) }
}

export async function updateSettings(store: RecordStore, change: Partial<Settings>): Promise<void> {
  await store.transact(async (transaction) => {
    const current = { ...defaultSettings('fr'), ...(await transaction.get('settings', KEY)) }
    const next = { ...current, ...change }
    next.lockAfterMinutes = Math.min(Math.max(1, Math.round(next.lockAfterMinutes)), LOCK_AFTER_MAX_MINUTES)
    transaction.put('settings', KEY, next)
  })
}

/** Its value is there at once; follows every change until the store is closed. */
export async function watchSettings(store: RecordStore): Promise<Live<Settings>> {
  const live = createLive(await readSettings(store))
  store.onChange((changes) => {
    if (!changes.some(({ table }) => table === 'settings')) return
    // Closed while reading: there is nobody left to tell.
    readSettings(store).then(live.set, () => {})
  })
  return live
}
