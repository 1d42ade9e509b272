/**
 * The recovery key as people keep it: 32 random bytes, written as eight groups of eight characters.
 *
 * Alphabet: Crockford's base 32 (digits and capital letters without I, L, O and U). Each group is seven characters and a
 * check character, so a screen can say which group was mistyped while the person is still there. The 56 data characters
 * carry 280 bits: the key and the first 3 bytes of SHA-512("Pli-recovery-key-v1\0" ‖ key), which catch the rest with a
 * chance of one in 16 million.
 *
 * The check character is a sum over GF(32) of the seven values, each times its own power of the generator, and of the
 * group's number: it finds every single wrong character, every two characters that changed places, and groups in the
 * wrong order.
 *
 * Reading takes small letters, any spaces and dashes, O for 0, and I or L for 1.
 * Source: `docs/decisions/0021-backups.md`. Not concerned with printing.
 */
import { CryptoError } from '../errors.ts'
import { bytesEqual, concatBytes, randomBytes, utf8ToBytes, wipe } from '../primitives/bytes.ts'
import { sha512 } from '../primitives/hash.ts'

export const RECOVERY_KEY_LENGTH = 32
export const RECOVERY_KEY_GROUPS = 8
const GROUP_LENGTH = 8
const CHECKSUM_LENGTH = 3
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const LABEL = utf8ToBytes('Pli-recovery-key-v1\0')
const LONGEST_INPUT = 400

/** 32 bytes. */
export function generateRecoveryKey(): Uint8Array {
  return randomBytes(RECOVERY_KEY_LENGTH)
}

/** Eight groups of eight characters. @throws CryptoError `invalid_argument` unless 32 bytes */
export function formatRecoveryKey(key: Uint8Array): readonly string[] {
  if (key.length !== RECOVERY_KEY_LENGTH) {
    throw new CryptoError('invalid_argument', 'a recovery key is 32 bytes')
  }
  const values = toValues(concatBytes(key, checksum(key)))
  return Array.from({ length: RECOVERY_KEY_GROUPS }, (_, group) => {
    const data = values.slice(7 * group, 7 * group + 7)
    return [...data, checkValue(group, data)].map((value) => ALPHABET.charAt(value)).join('')
  })
}

/** @throws CryptoError `recovery_key_mistyped` */
export function parseRecoveryKey(text: string): Uint8Array {
  const groups = text.length <= LONGEST_INPUT ? cutIntoGroups(text) : []
  if (groups.length !== RECOVERY_KEY_GROUPS) throw mistyped()
  const values = groups.flatMap((group, index) => readGroup(group, index) ?? [])
  if (values.length !== 7 * RECOVERY_KEY_GROUPS) throw mistyped()
  const bytes = fromValues(values)
  const key = bytes.slice(0, RECOVERY_KEY_LENGTH)
  const intact = bytesEqual(checksum(key), bytes.subarray(RECOVERY_KEY_LENGTH))
  wipe(bytes)
  if (!intact) throw mistyped()
  return key
}

/**
 * Whether one group is right by itself, for saying so while it is typed.
 *
 * @param group 0 to 7
 */
export function isRecoveryKeyGroup(text: string, group: number): boolean {
  const [only, ...more] = text.length <= LONGEST_INPUT ? cutIntoGroups(text) : []
  return only !== undefined && more.length === 0 && readGroup(only, group) !== undefined
}

function cutIntoGroups(text: string): string[] {
  const bare = text.toUpperCase().replace(/[\s\-–—]/g, '')
  const plain = bare.replaceAll('O', '0').replace(/[IL]/g, '1')
  return plain.match(/.{1,8}/gu) ?? []
}

// the seven data values, or nothing
function readGroup(text: string, group: number): number[] | undefined {
  const values = Array.from(text, (character) => ALPHABET.indexOf(character))
  if (values.length !== GROUP_LENGTH || values.includes(-1)) return undefined
  const data = values.slice(0, 7)
  return checkValue(group, data) === values[7] ? data : undefined
}

function checkValue(group: number, data: readonly number[]): number {
  // the group's number takes the place of an eighth value; Horner's rule gives each its own power of 2
  return [group, ...data].reduce((sum, value) => double(sum ^ value), 0)
}

// times 2 in GF(32), reduced by x^5 + x^2 + 1
function double(value: number): number {
  return ((value << 1) ^ ((value >> 4) * 0b100101)) & 31
}

function checksum(key: Uint8Array): Uint8Array {
  return sha512(LABEL, key).subarray(0, CHECKSUM_LENGTH)
}

// 35 bytes as 56 values of 5 bits, most significant first
function toValues(bytes: Uint8Array): number[] {
  return Array.from({ length: (bytes.length * 8) / 5 }, (_, i) => {
    const at = 5 * i
    const pair = ((bytes[at >> 3] ?? 0) << 8) | (bytes[(at >> 3) + 1] ?? 0)
    return (pair >> (11 - (at & 7))) & 31
  })
}

function fromValues(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array((values.length * 5) / 8)
  values.forEach((value, i) => {
    const at = 5 * i
    const pair = value << (11 - (at & 7))
    bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (pair >> 8)
    // the last value ends with the last byte
    if ((pair & 0xff) !== 0) bytes[(at >> 3) + 1] = (bytes[(at >> 3) + 1] ?? 0) | (pair & 0xff)
  })
  return bytes
}

function mistyped(): CryptoError {
  return new CryptoError('recovery_key_mistyped', 'this is no recovery key: something was mistyped')
}
