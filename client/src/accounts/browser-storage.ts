/**
 * A browser as the device: IndexedDB, Web Locks, BroadcastChannel, WebCrypto. All of it works in a worker.
 * The database `pli-device` holds the records that are readable before a PIN; every account has one of its own.
 * Not concerned with asking the browser for persistent storage: that is the page's, with the person looking.
 */
import { type IDBPDatabase, openDB } from 'idb'
import type { Locks } from '../owner/locks.ts'
import { createWebLocks } from '../owner/web-locks.ts'
import { guardIndexedDb } from '../store/indexed-db-errors.ts'
import { eraseIndexedDbRows, openIndexedDbRows } from '../store/rows-indexed-db.ts'
import type { DeviceRecords, DeviceStorage } from './device-storage.ts'

const DATABASE = 'pli-device'
const STORE = 'records'
const VERSION = 1
const PREFIX = 'pli-'

/** `locks`: only where there is no `navigator.locks`. */
export async function openBrowserStorage(locks?: Locks): Promise<DeviceStorage> {
  const database = await guardIndexedDb(() =>
    openDB(DATABASE, VERSION, {
      upgrade: (made) => {
        made.createObjectStore(STORE)
      },
      blocking: (_current, _blocked, event) => {
        if (event.target instanceof IDBDatabase) event.target.close()
      },
    }),
  )
  return {
    records: recordsOf(database),
    openRows: (name) => openIndexedDbRows(PREFIX + name),
    eraseRows: (name) => eraseIndexedDbRows(PREFIX + name),
    locks: locks ?? createWebLocks(navigator.locks),
    openChannel: (name) => new BroadcastChannel(PREFIX + name),
    createDeviceKey: () =>
      crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']),
    close: () => database.close(),
  }
}

function recordsOf(database: IDBPDatabase): DeviceRecords {
  return {
    get: (key) => guardIndexedDb(() => database.get(STORE, key)),
    list: (prefix) =>
      guardIndexedDb(async () => {
        const { store } = database.transaction(STORE)
        const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`)
        const [keys, values] = await Promise.all([store.getAllKeys(range), store.getAll(range)])
        return keys.map((key, at) => ({ key: String(key), value: values[at] }))
      }),
    update: (key, change) =>
      guardIndexedDb(async () => {
        const transaction = database.transaction(STORE, 'readwrite', { durability: 'strict' })
        const next = change(await transaction.store.get(key))
        const written = next === undefined ? transaction.store.delete(key) : transaction.store.put(next, key)
        await Promise.all([written, transaction.done])
        return next
      }),
  }
}
