/** The own account and the room left on this device, as live values. */
import type { DeviceId, OwnAccount } from '@pli/protocol/wire'
import type { Live, OwnAccountHere, StorageState } from '../api.ts'
import { createLive } from '../live/live-value.ts'
import type { RecordStore } from '../store/record-store.ts'

/** As the relay last said; undefined until it was asked once. */
export async function watchOwnAccount(
  store: RecordStore,
  deviceId: number,
): Promise<{ live: Live<OwnAccountHere>; stop(): void }> {
  // The relay gave this number when the device was registered.
  const here = (account: OwnAccount) => ({ ...account, thisDeviceId: deviceId as DeviceId })
  const known = await store.get('ownAccount', 'self')
  const live = createLive<OwnAccountHere>(known && here(known.account))
  const stop = store.onChange((changes) => {
    if (!changes.some(({ table }) => table === 'ownAccount')) return
    store.get('ownAccount', 'self').then(
      (record) => record && live.set(here(record.account)),
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
