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
  try {
    await mkdir(join(dataDir, 'attachments'), { recursive: true, mode: 0o700 })
    return await openEmbeddedStorage(join(dataDir, 'pli.db'))
  } catch (error) {
    const sentence = explainFile(error)
    if (sentence === undefined) throw error
    throw new StartRefusal(sentence)
  }
}

/** Undefined for what is no operator's to mend. */
function explainFile(error: unknown): string | undefined {
  if (error instanceof RelayError) {
    return 'The data folder is in use by another relay, or was written by a newer version. Stop that one, or set DATA_DIR.'
  }
  const code = String(error instanceof Error && 'code' in error ? error.code : '')
  if (/^SQLITE_(NOTADB|CORRUPT)/.test(code)) {
    return 'pli.db in DATA_DIR is damaged, or not the relay’s: restore a backup into a new folder, and keep this one.'
  }
  if (code === 'ENOSPC' || /^SQLITE_(FULL|IOERR)/.test(code)) {
    return 'The disk of DATA_DIR is full, or cannot be read: make room before the relay is started.'
  }
  if (/^(EACCES|EPERM|EROFS|SQLITE_(READONLY|CANTOPEN|PERM))/.test(code)) {
    return 'The relay may not write to DATA_DIR, or to pli.db in it: see whose they are.'
  }
  return undefined
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
