/** The own account and the room left on this device, as live values. */
import type { OwnAccount } from '@pli/protocol/wire'
import type { Live, StorageState } from '../api.ts'
import { createLive } from '../live/live-value.ts'
import type { RecordStore } from '../store/record-store.ts'

/** As the relay last said; undefined until it was asked once. */
export async function watchOwnAccount(store: RecordStore): Promise<{ live: Live<OwnAccount>; stop(): void }> {
  const live = createLive<OwnAccount>((await store.get('ownAccount', 'self'))?.account)
  const stop = store.onChange((changes) => {
    if (!changes.some(({ table }) => table === 'ownAccount')) return
    store.get('ownAccount', 'self').then(
      (record) => record && live.set(record.account),
      () => {},
    )
  })
  return { live, stop }
}

/** Asked of the browser when somebody looks. In Node there is nothing to evict. */
export function watchStorage(): Live<StorageState> {
  const live = createLive<StorageState>(undefined, () => {
    void readStorage().then(live.set)
    return undefined
  })
  return live
}

async function readStorage(): Promise<StorageState> {
  const storage = globalThis.navigator?.storage as StorageManager | undefined
  if (storage === undefined) return { persisted: true }
  try {
    const [persisted, { usage, quota }] = await Promise.all([storage.persisted(), storage.estimate()])
    return {
      persisted,
      ...(usage === undefined ? {} : { usedBytes: usage }),
      ...(quota === undefined ? {} : { quotaBytes: quota }),
    }
  } catch {
    return { persisted: false }
  }
}
