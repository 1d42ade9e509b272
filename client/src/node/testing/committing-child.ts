/** Holds the account's lock and commits until it is killed; prints each key once its commit has resolved. */
import { openRecordStore } from '../../store/open-store.ts'
import { put } from '../../store/record-store.ts'
import { openFileStorage } from '../file-storage.ts'

const storage = openFileStorage(process.argv[2] ?? '')
await new Promise<void>((resolve) => {
  storage.locks.request('account', { held: resolve, taken: () => process.exit(1) })
})
const rows = await storage.openRows('account')
const store = await openRecordStore({ rows, dataKey: new Uint8Array(32).fill(7) })
const fence = await rows.raiseFence()
for (let key = 1; ; key += 1) {
  const value = { record: Uint8Array.of(key % 256) }
  await store.commit([put('preKeys', String(key), value), put('signedPreKeys', String(key), value)], {
    fence,
  })
  process.stdout.write(`${key}\n`)
}
