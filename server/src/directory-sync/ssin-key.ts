/**
 * Purpose: the key under which SSINs are looked up: the synchronisation turns the register's numbers into look-up values
 * with it, and a sign-in its claim. A file, since both are processes of their own; kept apart from the directory's
 * database, because whoever has both can try all numbers.
 */
import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fromBase64Url } from '@pli/protocol/wire'
import { StartRefusal } from '../config.ts'
import type { RegisterPlace } from '../open-register.ts'

const KEY_BYTES = 32

/**
 * 32 bytes. Drawn on first use when no file is named and nobody else needs it. Throws StartRefusal for a file that is
 * named and is not there, or holds no such key.
 */
export async function openSsinKey(
  { dataDir, mongodbUri }: RegisterPlace,
  keyFile: string | undefined,
): Promise<Uint8Array> {
  if (mongodbUri !== undefined && keyFile === undefined) {
    throw new StartRefusal(
      'With MONGODB_URI, SSIN_KEY_FILE must name the same key for every relay and for the synchronisation.',
    )
  }
  const file = keyFile ?? join(dataDir, 'ssin-hmac.key')
  if (keyFile === undefined) {
    const drawn = randomBytes(KEY_BYTES).toString('base64url')
    await writeFile(file, `${drawn}\n`, { flag: 'wx', mode: 0o600 }).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    })
  }
  const text = await readFile(file, 'utf8').catch(() => {
    throw new StartRefusal('SSIN_KEY_FILE names a file that cannot be read.')
  })
  const key = parseKey(text.trim())
  if (key?.length !== KEY_BYTES) {
    throw new StartRefusal('The file of the SSIN key must hold 32 bytes as base64url.')
  }
  return key
}

function parseKey(text: string): Uint8Array | undefined {
  try {
    return fromBase64Url(text)
  } catch {
    return undefined
  }
}
