/**
 * What an older state of the database must not bring back: a sequence used twice would be taken for a repetition and
 * its message lost; a one-time prekey handed out twice is refused by its owner; a single-use code would open a second
 * time. To be done before any relay uses the database. May be repeated.
 */
import { connect, type MongoAddress } from './connect.ts'
import { guard } from './failures.ts'
import { createModels } from './models.ts'
import { migrate } from './schema.ts'

/** More than a device could have been sent since any backup. */
const SEQUENCE_LEAP = 1_000_000_000

/** Throws RelayError `unavailable` when nobody answers, or a newer version wrote the database. */
export async function makeSafeAfterRestore(address: MongoAddress): Promise<void> {
  await guard(async () => {
    const connection = await connect(address)
    try {
      const models = createModels(connection)
      await migrate(models, { expiryBackstop: true })
      await models.queues.updateMany({}, { $inc: { lastSequence: SEQUENCE_LEAP } })
      // As after being handed out: the id stays, so that it is not taken again.
      const handedOut = { $set: { spent: true }, $unset: { publicKey: 1 as const, signature: 1 as const } }
      await models.oneTimeKeys.updateMany({ spent: false }, handedOut)
      await models.tickets.deleteMany({})
    } finally {
      await connection.close()
    }
  })
}
