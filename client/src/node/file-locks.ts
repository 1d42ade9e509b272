/**
 * Locks between processes: an exclusive SQLite transaction on a file of its own, which the operating system frees
 * when the process ends, kill -9 included. No stale lock files. Waiting is by asking again.
 */
import { join } from 'node:path'
import Engine from 'libsql'
import type { LockHolder, Locks } from '../owner/locks.ts'

const ASK_AGAIN_MS = 500

/** An engine that nobody refers to is collected, and its lock with it: those in use are kept here. */
const inUse = new Set<InstanceType<typeof Engine>>()

/** `folder` must exist. Lock names are made into file names: they must be fit for that. */
export function createFileLocks(folder: string): Locks {
  return {
    request: (name, holder) => requestFileLock(join(folder, `${name}.lock`), holder),
  }
}

function requestFileLock(file: string, holder: LockHolder): () => void {
  const engine = new Engine(file)
  inUse.add(engine)
  engine.pragma('busy_timeout = 0')
  let timer: ReturnType<typeof setTimeout> | undefined
  const ask = () => {
    try {
      engine.exec('BEGIN EXCLUSIVE')
    } catch {
      timer = setTimeout(ask, ASK_AGAIN_MS)
      timer.unref()
      return
    }
    holder.held()
  }
  timer = setTimeout(ask)
  return () => {
    clearTimeout(timer)
    if (!inUse.delete(engine)) return
    // Given back by hand: closing alone frees it only when the engine is collected as garbage.
    if (engine.inTransaction) engine.exec('ROLLBACK')
    engine.close()
  }
}
