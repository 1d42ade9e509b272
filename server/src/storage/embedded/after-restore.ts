/**
 * What an older state must not bring back. A sequence used twice would be taken for a repetition and its message
 * lost; a one-time prekey handed out twice is refused by its owner; a single-use code would open a second time.
 */
import { Database } from './database.ts'
import { migrate } from './schema.ts'

/** More than a device could have been sent since any backup. */
const SEQUENCE_LEAP = 1_000_000_000

export async function makeSafeAfterRestore(file: string): Promise<void> {
  const database = new Database(file)
  try {
    migrate(database)
    const leap = database.prepare('UPDATE devices SET last_sequence = last_sequence + ?')
    // As after being handed out: the id stays, so that it is not taken again.
    const forgetKeys = database.prepare('UPDATE one_time_keys SET public_key = NULL, signature = NULL')
    const forgetTickets = database.prepare('DELETE FROM tickets')
    await database.write(() => {
      leap.run(SEQUENCE_LEAP)
      forgetKeys.run()
      forgetTickets.run()
    })
  } finally {
    await database.close()
  }
}
