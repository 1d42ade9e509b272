/** The store that the settings choose: MongoDB where an address is given, one file in the data folder otherwise. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type ServerConfig, StartRefusal } from './config.ts'
import { RelayError } from './errors.ts'
import { openEmbeddedStorage } from './storage/embedded/open.ts'
import type { Storage } from './storage/interfaces.ts'
import { openMongoStorage } from './storage/mongo/open.ts'

/** The data folder is made in any case: the operator's socket is there. Throws StartRefusal. */
export async function openStorage({
  dataDir,
  mongodbUri,
}: Pick<ServerConfig, 'dataDir' | 'mongodbUri'>): Promise<Storage> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 })
  } catch {
    throw new StartRefusal('DATA_DIR names a folder that cannot be made or written to.')
  }
  return mongodbUri === undefined ? openFile(dataDir) : openServer(mongodbUri)
}

async function openFile(dataDir: string): Promise<Storage> {
  await mkdir(join(dataDir, 'attachments'), { recursive: true, mode: 0o700 })
  try {
    return await openEmbeddedStorage(join(dataDir, 'pli.db'))
  } catch (error) {
    if (!(error instanceof RelayError)) throw error
    throw new StartRefusal(
      'The data folder is in use by another relay, or was written by a newer version. Stop that one, or set DATA_DIR.',
    )
  }
}

/** The address may hold a password: it is in no sentence. */
async function openServer(uri: string): Promise<Storage> {
  try {
    return await openMongoStorage({ uri })
  } catch (error) {
    if (!(error instanceof RelayError)) throw error
    throw new StartRefusal(
      'MONGODB_URI names a database that does not answer, refuses us, or was written by a newer version of the relay.',
    )
  }
}
