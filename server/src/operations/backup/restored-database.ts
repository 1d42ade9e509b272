/** Purpose: a MongoDB that was put back to an earlier state, by its own tools: see `storage/mongo/after-restore.ts`. */
import { RelayError } from '../../errors.ts'
import { makeSafeAfterRestore } from '../../storage/mongo/after-restore.ts'
import { BackupError } from './backup-error.ts'

/** Returns a sentence; throws BackupError. The address may hold a password: it is in no sentence. */
export async function makeDatabaseSafe(uri: string | undefined): Promise<string> {
  if (!uri) throw new BackupError('MONGODB_URI must name the database that was restored.')
  try {
    await makeSafeAfterRestore({ uri })
  } catch (error) {
    if (!(error instanceof RelayError)) throw error
    throw new BackupError(
      'MONGODB_URI names a database that does not answer, refuses us, or was written by a newer version of the relay.',
    )
  }
  return 'The database is made safe. Devices that were removed since the backup are back: remove them again. Start the relays.'
}
