/** Counts what the relay's database still holds of envelopes, by looking into the file itself. */
import { join } from 'node:path'
import Database from 'libsql'

export function countLeftovers(dataDir: string): number {
  const database = new Database(join(dataDir, 'pli.db'), { readonly: true })
  try {
    const row = database.prepare('SELECT COUNT(*) AS count FROM envelopes').get() as { count: number }
    return row.count
  } finally {
    database.close()
  }
}
