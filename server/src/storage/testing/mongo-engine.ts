/** The MongoDB store as an engine for the storage suite: a database per folder, on the server that MONGODB_URI names. */
import { createHash } from 'node:crypto'
import type { Storage } from '../interfaces.ts'
import { openMongoStorage } from '../mongo/open.ts'

export const module = import.meta.url
/** FerretDB on SQLite looks through whole collections. */
export const reportsBeforeKill = 150

/** The server without a database in its path. */
export function mongoServer(): string {
  return process.env.MONGODB_URI ?? ''
}

export function uriOf(folder: string): string {
  const uri = new URL(mongoServer())
  uri.pathname = `/pli-test-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`
  return uri.href
}

export function open(folder: string): Promise<Storage> {
  // The suite's clock is its own: the engine must not delete by the real one.
  return openMongoStorage({ uri: uriOf(folder), expiryBackstop: false })
}
