/**
 * Where an installation keeps its register: beside its accounts, in MongoDB where an address is given, else in the data
 * folder. For the relay, its search process and the synchronisation alike. Not concerned with who may be in it.
 */
import type { DirectoryStore } from '@pli/directory/store'
import { openEmbeddedDirectory } from './storage/embedded-directory/open.ts'

export interface RegisterPlace {
  /** Must exist. */
  dataDir: string
  /** May hold a password: never logged. */
  mongodbUri?: string | undefined
}

/** Throws DirectoryError `store-unavailable`. */
export async function openRegister({ dataDir, mongodbUri }: RegisterPlace): Promise<DirectoryStore> {
  if (mongodbUri === undefined) return openEmbeddedDirectory(dataDir)
  // Large, and not needed by a search process on the embedded store.
  const { openMongoDirectory } = await import('./storage/mongo/open-directory.ts')
  return openMongoDirectory({ uri: mongodbUri })
}
