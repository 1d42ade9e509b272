/**
 * Purpose: what a backup says of itself, so that a restoration knows whether all of it is there and as it was written.
 * A backup is a folder: `pli.db`, `attachments/`, and this as `manifest.json`, written last.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { BackupError } from './backup-error.ts'

export const FORMAT = 1

const file = z.object({
  /** Inside the backup; never a way out of it. */
  path: z.string().regex(/^(pli\.db|attachments\/[A-Za-z0-9_-]{1,64})$/),
  bytes: z.int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
})
const manifest = z.object({
  format: z.literal(FORMAT),
  madeAt: z.iso.datetime(),
  files: z.array(file),
})
export type Manifest = z.output<typeof manifest>
export type BackupFile = z.output<typeof file>

export async function describeFile(folder: string, path: string): Promise<BackupFile> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of createReadStream(join(folder, path)) as AsyncIterable<Buffer>) {
    hash.update(chunk)
    bytes += chunk.length
  }
  return { path, bytes, sha256: hash.digest('hex') }
}

export async function writeManifest(folder: string, files: BackupFile[], madeAt: Date): Promise<void> {
  const content: Manifest = { format: FORMAT, madeAt: madeAt.toISOString(), files }
  await writeFile(join(folder, 'manifest.json'), `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 })
}

/** Throws BackupError when there is none, or it is not one of ours. */
export async function readManifest(folder: string): Promise<Manifest> {
  let text: string
  try {
    text = await readFile(join(folder, 'manifest.json'), 'utf8')
  } catch {
    throw new BackupError(
      'That folder is no backup, or one that was never finished: it has no manifest.json.',
    )
  }
  try {
    return manifest.parse(JSON.parse(text))
  } catch {
    throw new BackupError('The backup’s manifest.json cannot be read: it is damaged, or of another version.')
  }
}
