/**
 * Seals records under the account's data key, and names them so that the names say nothing.
 * AES-256-GCM with a fresh random nonce; the table, the opaque key, the group and the order are authenticated with
 * the record, so that none can be swapped, moved or reordered. Putting a whole older record back in its own place
 * is not detected. Source: design/security.md, "On the device"; HKDF is RFC 5869.
 * Not concerned with where the data key comes from (`vault/`).
 */
import { toBase64Url } from '@pli/protocol/wire'
import { ClientError } from '../errors.ts'
import type { Row } from './rows.ts'

const NONCE_BYTES = 12
const TAG_BYTES = 16
const NAME_BYTES = 16

export interface RecordCipher {
  /** 22 characters that stand for a name within a table. */
  name(kind: 'key' | 'group', table: string, name: string): Promise<string>
  seal(table: string, place: Omit<Row, 'sealed'>, plain: Uint8Array): Promise<Row>
  /** Throws `storage_damaged`. */
  open(table: string, row: Row): Promise<Uint8Array>
  /** For the news between tabs: same key, a place that no table has. */
  sealNews(plain: Uint8Array): Promise<Uint8Array>
  openNews(sealed: Uint8Array): Promise<Uint8Array>
}

/** `dataKey`: 32 bytes. They are not kept: only keys that cannot be exported are. */
export async function createRecordCipher(dataKey: Uint8Array): Promise<RecordCipher> {
  const root = await crypto.subtle.importKey('raw', owned(dataKey), 'HKDF', false, ['deriveKey'])
  const sealing = await deriveKey(root, 'Pli-record-sealing-v1', { name: 'AES-GCM', length: 256 }, [
    'encrypt',
    'decrypt',
  ])
  const naming = await deriveKey(
    root,
    'Pli-record-naming-v1',
    { name: 'HMAC', hash: 'SHA-256', length: 256 },
    ['sign'],
  )
  const seal = async (where: Uint8Array<ArrayBuffer>, plain: Uint8Array): Promise<Uint8Array> => {
    const sealed = new Uint8Array(NONCE_BYTES + plain.length + TAG_BYTES)
    const nonce = crypto.getRandomValues(sealed.subarray(0, NONCE_BYTES))
    const algorithm = { name: 'AES-GCM', iv: nonce, additionalData: where }
    sealed.set(new Uint8Array(await crypto.subtle.encrypt(algorithm, sealing, owned(plain))), NONCE_BYTES)
    return sealed
  }
  const open = async (where: Uint8Array<ArrayBuffer>, sealed: Uint8Array): Promise<Uint8Array> => {
    const bytes = owned(sealed)
    const algorithm = { name: 'AES-GCM', iv: bytes.subarray(0, NONCE_BYTES), additionalData: where }
    try {
      return new Uint8Array(await crypto.subtle.decrypt(algorithm, sealing, bytes.subarray(NONCE_BYTES)))
    } catch (cause) {
      throw new ClientError('storage_damaged', { cause })
    }
  }
  return {
    name: async (kind, table, name) => {
      const mac = await crypto.subtle.sign('HMAC', naming, encode([kind, table, name]))
      return toBase64Url(new Uint8Array(mac, 0, NAME_BYTES))
    },
    seal: async (table, place, plain) => ({ ...place, sealed: await seal(placeOf(table, place), plain) }),
    open: (table, row) => open(placeOf(table, row), row.sealed),
    sealNews: (plain) => seal(encode(['news']), plain),
    openNews: (sealed) => open(encode(['news']), sealed),
  }
}

function deriveKey(
  root: CryptoKey,
  label: string,
  algorithm: AesKeyGenParams | HmacKeyGenParams,
  usages: KeyUsage[],
): Promise<CryptoKey> {
  const hkdf = {
    name: 'HKDF',
    hash: 'SHA-256',
    salt: new Uint8Array(),
    info: new TextEncoder().encode(label),
  }
  return crypto.subtle.deriveKey(hkdf, root, algorithm, false, usages)
}

function placeOf(table: string, place: Omit<Row, 'sealed'>): Uint8Array<ArrayBuffer> {
  return encode([table, place.key, place.group, place.order])
}

/** JSON of an array: no two lists of parts look alike. */
function encode(parts: readonly (string | number)[]): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(parts))
}

/** WebCrypto takes no view of a shared buffer; a view of an ordinary one is passed on as it is. */
function owned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes)
}
