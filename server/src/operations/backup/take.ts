/**
 * Purpose: a copy of the embedded store and the attachments, taken while the relay goes on. The relay only holds its
 * checkpoints back for as long: until then the database file does not change and its write-ahead log only grows, so
 * copying one after the other gives the state of a moment. It is copied by this process and not by the relay's: to
 * close a file of SQLite's lets go of every lock the process has on it. Then the copy is opened and checked.
 * Not concerned with what is worth keeping of old backups, nor with MongoDB, which has tools of its own.
 */
import { copyFile, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ask } from '../../operator/ask.ts'
import { checkDatabaseFile } from '../../storage/embedded/check-file.ts'
import { BackupError } from './backup-error.ts'
import { type BackupFile, describeFile, writeManifest } from './manifest.ts'

/** What the relay tells about its files, as paths. */
export interface HeldFiles {
  database: string
  attachments: string
}

/** `out` must not exist. Returns a sentence; throws BackupError. */
export async function takeBackup(dataDir: string, out: string, say: (line: string) => void): Promise<string> {
  const madeAt = new Date()
  const partial = `${out}.partial`
  await makeFolder(out, partial)
  try {
    const files = await copyAll(dataDir, partial, say)
    await writeManifest(partial, files, madeAt)
    await rename(partial, out)
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
    return `Backed up: ${files.length - 1} attachments and the database, ${bytes} bytes, checked.`
  } catch (error) {
    await rm(partial, { recursive: true, force: true })
    throw error
  }
}

async function makeFolder(out: string, partial: string): Promise<void> {
  try {
    await mkdir(out, { mode: 0o700 })
    await rename(out, partial)
  } catch {
    throw new BackupError('That folder exists already, or cannot be made: a backup is written to a new one.')
  }
}

async function copyAll(dataDir: string, folder: string, say: (line: string) => void): Promise<BackupFile[]> {
  const asked = await ask<HeldFiles>(dataDir, 'hold-files')
  if (asked === undefined) {
    throw new BackupError(
      'No relay is running on this data folder. Start it, or set DATA_DIR; the folder of a relay that is stopped can simply be copied.',
    )
  }
  if (!asked.answer.ok) {
    throw new BackupError(
      'This relay keeps its data in a database that has backup tools of its own: use those.',
    )
  }
  const held = asked.answer.value
  say('copying the database')
  try {
    await copyFile(held.database, join(folder, 'pli.db'))
    await copyIfThere(`${held.database}-wal`, join(folder, 'pli.db-wal'))
  } finally {
    asked.end()
  }
  say('checking the copy')
  if (!(await checkDatabaseFile(join(folder, 'pli.db')))) throw new BackupError('The copy is not intact.')
  const files = [await describeFile(folder, 'pli.db')]
  // After the database: what it knows of is there, unless it expired meanwhile. More than it knows of does no harm.
  await mkdir(join(folder, 'attachments'), { mode: 0o700 })
  const names = await readdir(held.attachments)
  for (const [index, name] of names.entries()) {
    if (index % 1_000 === 0) say(`copying attachments: ${index} of ${names.length}`)
    const path = `attachments/${name}`
    if (await copyIfThere(join(held.attachments, name), join(folder, path))) {
      files.push(await describeFile(folder, path))
    }
  }
  return files
}

async function copyIfThere(from: string, to: string): Promise<boolean> {
  try {
    await copyFile(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}
