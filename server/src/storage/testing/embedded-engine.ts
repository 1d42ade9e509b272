/** The embedded store as an engine for the storage suite, which opens it in a process of its own as well. */
import { join } from 'node:path'
import { openEmbeddedStorage } from '../embedded/open.ts'
import type { Storage } from '../interfaces.ts'

export const module = import.meta.url

export function open(folder: string): Promise<Storage> {
  return openEmbeddedStorage(join(folder, 'relay.db'))
}
