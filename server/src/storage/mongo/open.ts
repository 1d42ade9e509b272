/** The store for many nodes: MongoDB through mongoose. Several relays may share one database. */
import type mongoose from 'mongoose'
import type { Storage } from '../interfaces.ts'
import { mongoAccounts } from './accounts.ts'
import { gridFsAttachmentBytes } from './attachment-bytes.ts'
import { mongoAttachments } from './attachments.ts'
import { mongoAudit } from './audit.ts'
import { connect, type MongoAddress } from './connect.ts'
import { mongoDevices } from './devices.ts'
import { mongoEnvelopes } from './envelopes.ts'
import { asRelayError, guard, guarded } from './failures.ts'
import { mongoGuarantees } from './guarantors.ts'
import { mongoInstallation } from './installation.ts'
import { mongoKeys } from './keys.ts'
import { createModels } from './models.ts'
import { mongoPush } from './push.ts'
import { migrate } from './schema.ts'
import { createSettling } from './settling.ts'
import { createSubmitter } from './submitter.ts'
import { mongoTickets } from './tickets.ts'
import { createTransitions } from './transitions.ts'

export interface MongoOptions extends MongoAddress {
  /** False only where expiry is tried with clocks that the engine does not know. */
  expiryBackstop?: boolean
}

/** Throws RelayError `unavailable` when nobody answers, or a newer version wrote the database. */
export async function openMongoStorage({
  expiryBackstop = true,
  ...address
}: MongoOptions): Promise<Storage> {
  const connection = await guard(() => connect(address))
  try {
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
    guarantees: open(mongoGuarantees(models)),
    audit: open(mongoAudit(models)),
    close: () => (closed ??= guard(close)),
  }
}
