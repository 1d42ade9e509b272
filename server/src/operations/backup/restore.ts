/**
 * Purpose: a data folder from a backup, with what a step back in time makes unsafe taken out of it: see
 * `storage/embedded/after-restore.ts`. Not concerned with what happened since the backup: that is lost here, and
 * clients that still hold it send it again.
 */
import { copyFile, mkdir, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { makeSafeAfterRestore } from '../../storage/embedded/after-restore.ts'
import { BackupError } from './backup-error.ts'
import { describeFile, readManifest } from './manifest.ts'

/** `dataDir` must be new or empty. Returns a sentence; throws BackupError before anything is written. */
export async function restoreBackup(
  from: string,
  dataDir: string,
  say: (line: string) => void,
): Promise<string> {
  const { files, madeAt } = await readManifest(from)
  await refuseUsed(dataDir)
  say('checking the backup')
  for (const file of files) {
    const found = await describeFile(from, file.path).catch(() => undefined)
    if (found?.sha256 !== file.sha256 || found.bytes !== file.bytes) {
      throw new BackupError(`The backup is damaged: ${file.path} is missing or not as it was written.`)
    }
  }
  say('copying')
  await mkdir(join(dataDir, 'attachments'), { recursive: true, mode: 0o700 })
  for (const { path } of files) {
    await mkdir(dirname(join(dataDir, path)), { recursive: true, mode: 0o700 })
    await copyFile(join(from, path), join(dataDir, path))
  }
  await makeSafeAfterRestore(join(dataDir, 'pli.db'))
  return `Restored the state of ${madeAt}. Devices that were removed since then are back: remove them again. Start the relay on this folder.`
}

async function refuseUsed(dataDir: string): Promise<void> {
  const names = await readdir(dataDir).catch(() => [])
  if (names.length > 0) {
    throw new BackupError('The data folder is not empty. Restore into a new one: set DATA_DIR.')
  }
}
