/**
 * An account's UUID as 16 bytes and as lower-case text (RFC 9562, section 4). Not concerned with which account it is.
 */
import { CryptoError } from './errors.ts'
import { bytesToHex, hexToBytes } from './primitives/bytes.ts'

const CANONICAL_UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

export function isAccountId(text: string): boolean {
  return CANONICAL_UUID.test(text)
}

/** 16 bytes. @throws CryptoError `malformed` unless the text is a lower-case UUID */
export function accountIdToBytes(accountId: string): Uint8Array {
  if (!isAccountId(accountId)) throw new CryptoError('malformed', 'account id is not a lower-case UUID')
  return hexToBytes(accountId.replaceAll('-', ''))
}

/** Lower-case text. @throws CryptoError `malformed` unless 16 bytes */
export function accountIdFromBytes(bytes: Uint8Array): string {
  if (bytes.length !== 16) throw new CryptoError('malformed', 'account id is not 16 bytes')
  const hex = bytesToHex(bytes)
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
