/** Why a backup was not taken or not restored: a sentence for the operator. */
export class BackupError extends Error {
  override readonly name = 'BackupError'
}
