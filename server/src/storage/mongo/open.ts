/** The store for many nodes: MongoDB through mongoose. Several relays may share one database. */
import mongoose from 'mongoose'
import { RelayError } from '../../errors.ts'
import type { Storage } from '../interfaces.ts'
import { mongoAccounts } from './accounts.ts'
import { gridFsAttachmentBytes } from './attachment-bytes.ts'
import { mongoAttachments } from './attachments.ts'
import { mongoDevices } from './devices.ts'
import { mongoEnvelopes } from './envelopes.ts'
import { asRelayError, guard, guarded } from './failures.ts'
import { mongoInstallation } from './installation.ts'
import { mongoKeys } from './keys.ts'
import { createModels } from './models.ts'
import { mongoPush } from './push.ts'
import { migrate } from './schema.ts'
import { createSettling } from './settling.ts'
import { createSubmitter } from './submitter.ts'
import { mongoTickets } from './tickets.ts'
import { createTransitions } from './transitions.ts'

const DEFAULT_DATABASE = 'pli'

export interface MongoOptions {
  /** `mongodb://` or `mongodb+srv://`, with the name of the database as its path; `pli` without one. */
  uri: string
  /** False only where expiry is tried with clocks that the engine does not know. */
  expiryBackstop?: boolean
}

/** Throws RelayError `unavailable` when nobody answers, or a newer version wrote the database. */
export async function openMongoStorage({ uri, expiryBackstop = true }: MongoOptions): Promise<Storage> {
  const connection = mongoose.createConnection(uri, {
    dbName: databaseOf(uri),
    autoIndex: false,
    autoCreate: false,
    bufferCommands: false,
    promoteBuffers: true,
    // An acknowledgement means durable: on the journals of a majority. What was read is too.
    writeConcern: { w: 'majority', journal: true, wtimeoutMS: 10_000 },
    readConcern: { level: 'majority' },
    readPreference: 'primary',
    serverSelectionTimeoutMS: 5_000,
    connectTimeoutMS: 5_000,
    socketTimeoutMS: 30_000,
  })
  try {
    await connection.asPromise()
    const models = createModels(connection)
    await migrate(models, { expiryBackstop })
    return assemble(connection, models)
  } catch (error) {
    await connection.close(true)
    throw asRelayError(error)
  }
}

function assemble(connection: mongoose.Connection, models: ReturnType<typeof createModels>): Storage {
  const settling = createSettling(models)
  const transitions = createTransitions(models, settling)
  const submitter = createSubmitter(models)
  let closed: Promise<void> | undefined
  const close = async () => {
    await submitter.idle()
    await settling.idle()
    await connection.close()
  }
  const open = <T extends object>(store: T) => guarded(store, () => closed === undefined)
  return {
    accounts: open(mongoAccounts(models, transitions)),
    devices: open(mongoDevices(models, transitions)),
    keys: open(mongoKeys(models)),
    envelopes: open(mongoEnvelopes({ models, submitter, settling, transitions })),
    tickets: open(mongoTickets(models)),
    push: open(mongoPush(models)),
    attachments: open(mongoAttachments(models)),
    attachmentBytes: open(gridFsAttachmentBytes(connection, models.attachmentChunks)),
    installation: open(mongoInstallation(models)),
    close: () => (closed ??= guard(close)),
  }
}

/** Throws RelayError `unavailable` when the address is none. */
function databaseOf(uri: string): string {
  try {
    return (
      decodeURIComponent(
        new URL(uri.replace(/^mongodb(\+srv)?:\/\/[^/?]*/, 'http://host')).pathname.slice(1),
      ) || DEFAULT_DATABASE
    )
  } catch {
    throw new RelayError('unavailable', 'the database address cannot be read')
  }
}
