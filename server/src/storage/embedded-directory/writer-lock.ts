/**
 * One writer at a time, in all processes: a lock on a file of its own, which the system frees when the process dies.
 * SQLite holds it, because Node has no file locks. Not concerned with what is written.
 */
import { DirectoryError } from '@pli/directory'
import Engine from 'libsql'

/** Returns what lets it go. Throws DirectoryError `sync-running`. */
export function takeWriterLock(file: string): () => void {
  const engine = new Engine(file)
  try {
    engine.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    engine.close()
    if (!(error instanceof Engine.SqliteError)) throw error
    throw new DirectoryError('sync-running', 'The directory is being written to by another process.')
  }
  return () => {
    engine.exec('ROLLBACK')
    engine.close()
  }
}
