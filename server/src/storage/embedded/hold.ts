/** Holding checkpoints back while the files are copied: until then the database file stays as it is. */
import type { Database } from './database.ts'
import { PAGES_BETWEEN_CHECKPOINTS } from './engine.ts'

/** Returns what begins a hold; that returns what ends it. Several may overlap. */
export function prepareHold(database: Database): () => () => void {
  let holders = 0
  return () => {
    holders += 1
    if (holders === 1) database.execute('PRAGMA wal_autocheckpoint = 0')
    let held = true
    return () => {
      if (!held) return
      held = false
      holders -= 1
      if (holders === 0) database.execute(`PRAGMA wal_autocheckpoint = ${PAGES_BETWEEN_CHECKPOINTS}`)
    }
  }
}
