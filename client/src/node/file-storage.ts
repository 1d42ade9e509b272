/**
 * A folder as the device: one SQLite file per account and one for the records that are readable before a
 * passphrase. There is no key here that cannot be exported: an account is as safe as its passphrase and the folder.
 */
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { decode, encode } from 'cborg'
import type { DeviceRecords, DeviceStorage } from '../accounts/device-storage.ts'
import { ClientError } from '../errors.ts'
import { createFileLocks } from './file-locks.ts'
import { openSqliteFile, type SqliteFile } from './sqlite.ts'
import { openSqliteRows } from './sqlite-rows.ts'

const SCHEMA = 'CREATE TABLE IF NOT EXISTS records (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;'

/** Makes the folder, for its owner's eyes only, when it is not there. */
export function openFileStorage(folder: string): DeviceStorage {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const device = openSqliteFile(join(folder, 'device.db'), SCHEMA)
  const fileOf = (name: string) => join(folder, `account-${name}.db`)
  return {
    records: recordsOf(device),
    openRows: async (name) => openSqliteRows(fileOf(name)),
    eraseRows: async (name) => {
      for (const suffix of ['', '-wal', '-shm']) rmSync(fileOf(name) + suffix, { force: true })
    },
    locks: createFileLocks(folder),
    // One process owns; another that waits hears nothing until it takes over, and then reads everything anew.
    openChannel: () => undefined,
    createDeviceKey: async () => undefined,
    close: () => device.close(),
  }
}

function recordsOf(device: SqliteFile): DeviceRecords {
  const get = (key: string): unknown => {
    const [found] = device.all('SELECT value FROM records WHERE key = ?', key)
    return found === undefined ? undefined : decodeValue(found.value)
  }
  return {
    get: async (key) => get(key),
    list: async (prefix) =>
      device
        .all(
          'SELECT key, value FROM records WHERE key >= ? AND key < ? ORDER BY key',
          prefix,
          `${prefix}\uffff`,
        )
        .map((found) => ({ key: String(found.key), value: decodeValue(found.value) })),
    update: async (key, change) =>
      device.write(() => {
        const next = change(get(key))
        if (next === undefined) device.run('DELETE FROM records WHERE key = ?', key)
        else device.run('INSERT OR REPLACE INTO records VALUES (?, ?)', key, encode(next))
        return next
      }),
  }
}

function decodeValue(value: unknown): unknown {
  if (!(value instanceof Uint8Array)) throw new ClientError('storage_damaged')
  return decode(value)
}
