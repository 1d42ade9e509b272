/**
 * Writes a backup as a stream: one frame in memory, whatever its length. Layout: `layout.ts`, `frame.ts`, `items.ts`.
 * Not concerned with where it goes.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { createChunkCipher } from '../attachment/chunk-cipher.ts'
import { randomBytes, wipe } from '../primitives/bytes.ts'
import { FrameWriter } from './frame.ts'
import { BACKUP_SECTIONS, type BackupItem, encodeItem } from './items.ts'
import { type BackupSecret, DEFAULT_COST, deriveBackupKeys } from './keys.ts'
import { type Argon2Cost, encodeHead, encodeHeader, frameNonce, SALT_LENGTH, sealHeader } from './layout.ts'

export interface BackupOptions {
  readonly secret: BackupSecret
  /** One more than the last backup's. */
  readonly number: number
  readonly createdAtMs: number
  /** For a passphrase: 8 to 256 MiB, and memory times passes at most 512 MiB. Default 64 MiB, three passes. */
  readonly cost?: Argon2Cost
}

/**
 * Yields the backup in pieces and returns its head, 169 bytes, to keep beside it and on the account's devices. Write
 * sections in the order of `BACKUP_SECTIONS`: what comes first survives a truncation.
 *
 * @throws CryptoError `invalid_argument`, `backup_costly`; for an item `too_large`, `invalid_key`, `malformed`,
 *   `record_not_canonical`
 */
export async function* encryptBackup(
  items: AsyncIterable<BackupItem> | Iterable<BackupItem>,
  options: BackupOptions,
): AsyncGenerator<Uint8Array, Uint8Array, undefined> {
  const { secret, number, createdAtMs } = options
  const cost = 'passphrase' in secret ? (options.cost ?? DEFAULT_COST) : undefined
  const salt = randomBytes(SALT_LENGTH)
  const unsealed = encodeHeader({ cost, salt, number, createdAtMs })
  const keys = await deriveBackupKeys(secret, salt, cost)
  const header = sealHeader(unsealed, keys.headerMacKey)
  const cipher = await createChunkCipher(keys.frameKey)
  const hash = sha256.create().update(header)
  let totalBytes = header.length
  yield header
  try {
    let index = 0
    for await (const { frame, isLast } of fillFrames(items)) {
      const sealed = await cipher.seal(frame, frameNonce(index++, isLast), header)
      hash.update(sealed)
      totalBytes += sealed.length
      yield sealed
    }
    return encodeHead({ header, totalBytes, digest: hash.digest() }, keys.headMacKey)
  } finally {
    wipe(keys.headerMacKey, keys.frameKey, keys.headMacKey)
  }
}

async function* fillFrames(items: AsyncIterable<BackupItem> | Iterable<BackupItem>) {
  const writer = new FrameWriter()
  for await (const item of items) {
    const section = BACKUP_SECTIONS.indexOf(item.section) + 1
    for (const frame of writer.add(section, encodeItem(item))) yield { frame, isLast: false }
  }
  yield* writer.end()
}
