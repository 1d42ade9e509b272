/** The installation's named secrets in SQLite. */
import type { InstallationStore } from '../interfaces.ts'
import type { Database } from './database.ts'

export function embeddedInstallation(database: Database): InstallationStore {
  const get = database.prepare<{ value: Uint8Array }>('SELECT value FROM installation WHERE name = ?')
  const insert = database.prepare(
    'INSERT INTO installation (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING',
  )
  const set = database.prepare('INSERT OR REPLACE INTO installation (name, value) VALUES (?, ?)')
  const remove = database.prepare('DELETE FROM installation WHERE name = ?')

  return {
    get: (name) => database.read(() => get.get(name)?.value),
    putIfAbsent: (name, value) =>
      database.write(() => {
        insert.run(name, value)
        return get.get(name)?.value ?? value
      }),
    set: (name, value) =>
      database.write(() => {
        set.run(name, value)
      }),
    delete: (name) =>
      database.write(() => {
        remove.run(name)
      }),
  }
}
