/**
 * What a backup may hold, and nothing else: the identity, settings, the keys a person verified, records, messages.
 *
 * The types are the gate. There is no section for sessions, prekeys or sender keys, and none that takes bytes of any
 * shape: restoring one of those would use a message key twice. A record is let in only in its signed form; settings and
 * messages are text.
 *
 * Source: `docs/decisions/0021-backups.md`. Not concerned with encryption, nor with what settings and messages say.
 */
import { accountIdFromBytes, accountIdToBytes } from '../account-id.ts'
import { CryptoError } from '../errors.ts'
import { bytesEqual, bytesToUtf8 } from '../primitives/bytes.ts'
import { type KeyPair, keyPairFromPrivateKey, parsePublicKey } from '../primitives/curve.ts'
import { readUnverifiedRecord } from '../records/sign.ts'
import { type ProtobufMessage, ProtobufWriter, readProtobuf } from '../wire/protobuf.ts'

export type BackupItem =
  /** The account's identity, so that contacts see the same safety number afterwards. One is enough. */
  | { readonly section: 'identity'; readonly accountId: string; readonly identity: KeyPair }
  | { readonly section: 'settings'; readonly name: string; readonly value: string }
  /** A key that the person compared: 33 bytes. */
  | {
      readonly section: 'verified-keys'
      readonly accountId: string
      readonly identityKey: Uint8Array
      readonly verifiedAtMs: number
    }
  /** As `signRecord` gave it. */
  | { readonly section: 'records'; readonly signedRecord: Uint8Array }
  /** Text in the client's own form; photos travel as attachments and are named in it. */
  | { readonly section: 'messages'; readonly id: string; readonly content: string }

export type BackupSection = BackupItem['section']

/** In the order in which they should be written: what one cannot do without comes first. */
export const BACKUP_SECTIONS: readonly BackupSection[] = [
  'identity',
  'settings',
  'verified-keys',
  'records',
  'messages',
]

/** Longest encoded item, in bytes. */
export const MAX_ITEM_LENGTH = 512 * 1024
const LIMITS = { maxLength: MAX_ITEM_LENGTH, maxFields: 8 }

/** @throws CryptoError `too_large`, `invalid_key`, `malformed` (account id, or a record that is none) */
export function encodeItem(item: BackupItem): Uint8Array {
  const bytes = writeItem(item).finish()
  if (bytes.length > MAX_ITEM_LENGTH) throw new CryptoError('too_large', 'an item of a backup is too long')
  return bytes
}

function writeItem(item: BackupItem): ProtobufWriter {
  const writer = new ProtobufWriter()
  switch (item.section) {
    case 'identity':
      requirePair(item.identity)
      return writer.bytes(1, accountIdToBytes(item.accountId)).bytes(2, item.identity.privateKey)
    case 'settings':
      return writer.text(1, item.name).text(2, item.value)
    case 'verified-keys':
      return writer
        .bytes(1, accountIdToBytes(item.accountId))
        .bytes(2, parsePublicKey(item.identityKey))
        .uint(3, item.verifiedAtMs)
    case 'records':
      readUnverifiedRecord(item.signedRecord)
      return writer.bytes(1, item.signedRecord)
    case 'messages':
      return writer.text(1, item.id).text(2, item.content)
  }
}

/** Byte values are copies. @throws CryptoError `too_large`, `malformed`, `invalid_key`, `record_not_canonical` */
export function decodeItem(section: BackupSection, bytes: Uint8Array): BackupItem {
  const fields = readProtobuf(bytes, LIMITS)
  switch (section) {
    case 'identity':
      return { section, ...readIdentity(fields) }
    case 'settings':
      return { section, name: readText(fields, 1), value: readText(fields, 2) }
    case 'verified-keys':
      return { section, ...readVerifiedKey(fields) }
    case 'records': {
      const signedRecord = Uint8Array.from(fields.requireBytes(1))
      readUnverifiedRecord(signedRecord)
      return { section, signedRecord }
    }
    case 'messages':
      return { section, id: readText(fields, 1), content: readText(fields, 2) }
  }
}

function readIdentity(fields: ProtobufMessage) {
  const accountId = accountIdFromBytes(fields.requireBytes(1))
  return { accountId, identity: keyPairFromPrivateKey(fields.requireBytes(2)) }
}

function readVerifiedKey(fields: ProtobufMessage) {
  const verifiedAtMs = fields.uint(3)
  if (verifiedAtMs === undefined) throw new CryptoError('malformed', 'a required field is absent')
  return {
    accountId: accountIdFromBytes(fields.requireBytes(1)),
    identityKey: Uint8Array.from(parsePublicKey(fields.requireBytes(2))),
    verifiedAtMs,
  }
}

function readText(fields: ProtobufMessage, field: number): string {
  return bytesToUtf8(fields.requireBytes(field))
}

function requirePair({ publicKey, privateKey }: KeyPair): void {
  if (!bytesEqual(keyPairFromPrivateKey(privateKey).publicKey, publicKey)) {
    throw new CryptoError('invalid_key', 'the halves of the identity do not belong together')
  }
}
