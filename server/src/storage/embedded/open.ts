/** The embedded store: SQLite in one file, the default of an installation with one node. */
import { dirname, join } from 'node:path'
import type { Storage, StoreFiles } from '../interfaces.ts'
import { embeddedAccounts } from './accounts.ts'
import { Arrivals } from './arrivals.ts'
import { fileAttachmentBytes } from './attachment-bytes.ts'
import { embeddedAttachments } from './attachments.ts'
import { embeddedAudit } from './audit.ts'
import { Database, type DatabaseOptions } from './database.ts'
import { embeddedDevices } from './devices.ts'
import { embeddedEnvelopes } from './envelopes.ts'
import { prepareEnvelopeLost, prepareEraseDevice } from './erase-device.ts'
import { prepareFindDeviceKey } from './find-device.ts'
import { embeddedGuarantees } from './guarantors.ts'
import { prepareHold } from './hold.ts'
import { embeddedInstallation } from './installation.ts'
import { embeddedKeys, prepareInsertKeys } from './keys.ts'
import { embeddedPush } from './push.ts'
import { Queues } from './queues.ts'
import { migrate } from './schema.ts'
import { SubmissionMemory } from './submission-memory.ts'
import { embeddedTickets } from './tickets.ts'

/**
 * Opens or creates the file; its folder must exist. Throws RelayError `unavailable` when another process holds it or
 * a newer version wrote it.
 */
export async function openEmbeddedStorage(file: string, options: DatabaseOptions = {}): Promise<Storage> {
  const database = new Database(file, options)
  try {
    migrate(database)
    const attachmentBytes = fileAttachmentBytes(join(dirname(file), 'attachments'))
    return { ...assemble(database), attachmentBytes, files: filesOf(database, file) }
  } catch (error) {
    await database.close()
    throw error
  }
}

function filesOf(database: Database, file: string): StoreFiles {
  return {
    database: file,
    hold: prepareHold(database),
    hasRoom: () => database.refusalOfBulk() === undefined,
  }
}

function assemble(database: Database): Omit<Storage, 'attachmentBytes'> {
  const findDeviceKey = prepareFindDeviceKey(database)
  const insertKeys = prepareInsertKeys(database)
  const memory = new SubmissionMemory(database)
  const arrivals = new Arrivals(database)
  const queues = new Queues(database, arrivals)
  const envelopeLost = prepareEnvelopeLost(database, memory)
  const eraseDevice = prepareEraseDevice(database, queues, arrivals, envelopeLost)
  return {
    accounts: embeddedAccounts(database, eraseDevice),
    devices: embeddedDevices(database, queues, eraseDevice, insertKeys),
    keys: embeddedKeys(database, findDeviceKey, insertKeys),
    envelopes: embeddedEnvelopes(database, { queues, memory, arrivals, envelopeLost }),
    tickets: embeddedTickets(database),
    push: embeddedPush(database, findDeviceKey),
    attachments: embeddedAttachments(database),
    installation: embeddedInstallation(database),
    guarantees: embeddedGuarantees(database),
    audit: embeddedAudit(database),
    close: () => database.close(),
  }
}
