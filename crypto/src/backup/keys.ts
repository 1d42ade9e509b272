/**
 * The keys of a backup, from a recovery key or a passphrase.
 *
 * HKDF-SHA-256 over the recovery key, or over what Argon2id (RFC 9106) makes of the passphrase, with the header's salt:
 * a MAC key for the header, the frame key, a MAC key for the head. The salt is fresh, so every backup has its own.
 *
 * The cost stands in the header, where a hostile relay could write anything: both sides hold to the limits below, so
 * that no header makes a device spend more than 256 MiB or about ten seconds before it is refused.
 *
 * Source: `docs/decisions/0021-backups.md`. Not concerned with choosing a passphrase beyond its shortest length.
 */
import { argon2idAsync } from '@noble/hashes/argon2.js'
import { CryptoError } from '../errors.ts'
import { utf8ToBytes, wipe } from '../primitives/bytes.ts'
import { hkdfSha256 } from '../primitives/hash.ts'
import type { Argon2Cost } from './layout.ts'
import { RECOVERY_KEY_LENGTH } from './recovery-key.ts'

const LABEL = 'Pli backup v1'
/** As for the PIN: 64 MiB, three passes. */
export const DEFAULT_COST: Argon2Cost = { memoryKib: 65_536, passes: 3, lanes: 1 }
const LEAST: Argon2Cost = { memoryKib: 8_192, passes: 1, lanes: 1 }
const MOST: Argon2Cost = { memoryKib: 262_144, passes: 8, lanes: 4 }
const MOST_WORK_KIB = 524_288
const SHORTEST_PASSPHRASE = 12
const LONGEST_PASSPHRASE = 1_024

/** What opens a backup: 32 bytes that only the person holds, or a passphrase of at least 12 characters. */
export type BackupSecret = { readonly recoveryKey: Uint8Array } | { readonly passphrase: string }

export interface BackupKeys {
  /** 32 bytes each. */
  readonly headerMacKey: Uint8Array
  readonly frameKey: Uint8Array
  readonly headMacKey: Uint8Array
}

/**
 * @param cost the header's; absent for a recovery key
 * @throws CryptoError `backup_wrong_key` when the header wants the other kind of secret; `backup_costly`;
 *   `invalid_argument` for a recovery key that is not 32 bytes or a passphrase too short or too long
 */
export async function deriveBackupKeys(
  secret: BackupSecret,
  salt: Uint8Array,
  cost: Argon2Cost | undefined,
): Promise<BackupKeys> {
  const base = await baseKey(secret, salt, cost)
  const okm = hkdfSha256(base, salt, LABEL, 96)
  // a recovery key is the caller's
  if (cost) wipe(base)
  return { headerMacKey: okm.subarray(0, 32), frameKey: okm.subarray(32, 64), headMacKey: okm.subarray(64) }
}

/** @throws CryptoError `backup_costly` */
export function checkCost(cost: Argon2Cost): void {
  const within = (name: keyof Argon2Cost) =>
    Number.isInteger(cost[name]) && cost[name] >= LEAST[name] && cost[name] <= MOST[name]
  const isWithin = within('memoryKib') && within('passes') && within('lanes')
  if (!isWithin || cost.memoryKib * cost.passes > MOST_WORK_KIB) {
    throw new CryptoError('backup_costly', 'the passphrase of this backup costs too much or too little')
  }
}

async function baseKey(
  secret: BackupSecret,
  salt: Uint8Array,
  cost: Argon2Cost | undefined,
): Promise<Uint8Array> {
  if ('recoveryKey' in secret) {
    if (secret.recoveryKey.length !== RECOVERY_KEY_LENGTH) {
      throw new CryptoError('invalid_argument', 'a recovery key is 32 bytes')
    }
    if (cost) throw otherKind()
    return secret.recoveryKey
  }
  if (!cost) throw otherKind()
  checkCost(cost)
  const { memoryKib: m, passes: t, lanes: p } = cost
  return argon2idAsync(passphraseBytes(secret.passphrase), salt, { m, t, p, dkLen: 32 })
}

// keyboards differ in how they compose accents
function passphraseBytes(passphrase: string): Uint8Array {
  const normalized = passphrase.normalize('NFKC')
  const length = [...normalized].length
  if (length < SHORTEST_PASSPHRASE || length > LONGEST_PASSPHRASE) {
    throw new CryptoError('invalid_argument', 'a passphrase has 12 to 1024 characters')
  }
  return utf8ToBytes(normalized)
}

function otherKind(): CryptoError {
  return new CryptoError('backup_wrong_key', 'this backup is under another kind of secret')
}
