// NIHII (INAMI/RIZIV) numbers of care professionals and institutions.
// Source: RIZIV numbering, as CoBRHA uses it. Digits 1–6 are the number N, 7–8 the check C, 9–11 the qualification;
// valid if C = M − (N mod M) for an M in {97, 89, 83, 79}. The first 8 digits are the key of a person in a
// profession: the last three differ between services.
// Not concerned with whether the number was ever issued: 3.9 % of random numbers pass. The check finds typing
// errors and proves nothing.

import { DirectoryError } from '../errors.ts'
import { onlyDigits } from './digits.ts'

const CHECK_MODULI = [97, 89, 83, 79] as const

/** `nihii8`: 8 digits. `nihii11`: 11 digits, absent when only the key is known. */
export interface Nihii {
  readonly nihii8: string
  readonly nihii11?: string
  readonly checksumValid: boolean
}

/** The check digits of a six-digit number under one modulus: 1 to 97, in two digits. */
export function nihiiCheckDigits(sixDigits: string, modulus: 97 | 89 | 83 | 79 = 97): string {
  return String(modulus - (Number(sixDigits) % modulus)).padStart(2, '0')
}

/** True if the first 8 of 8 or 11 digits carry a valid check. Anything else is false. */
export function isNihiiValid(digits: string): boolean {
  if (!/^(\d{8}|\d{11})$/.test(digits)) return false
  const check = digits.slice(6, 8)
  return CHECK_MODULI.some((modulus) => nihiiCheckDigits(digits.slice(0, 6), modulus) === check)
}

/**
 * What a person typed: 8 or 11 digits, with spaces, dots, dashes or slashes between them.
 * @throws DirectoryError `nihii-format`, `nihii-checksum`
 */
export function parseTypedNihii(typed: string): Nihii {
  const digits = onlyDigits(typed)
  if (digits?.length !== 8 && digits?.length !== 11) {
    throw new DirectoryError('nihii-format', 'A NIHII number has 8 or 11 digits.')
  }
  if (!isNihiiValid(digits))
    throw new DirectoryError('nihii-checksum', 'The check digits of this NIHII number are wrong.')
  return split(digits)
}

/** What the authentic source says: kept even when its check is wrong; undefined only if it is no 8 or 11 digits. */
export function readSourceNihii(raw: string): Nihii | undefined {
  const digits = onlyDigits(raw)
  return digits?.length === 8 || digits?.length === 11 ? split(digits) : undefined
}

/** `1-23456-78` or `1-23456-78-901`, as it is printed on a prescription. */
export function formatNihii(digits: string): string {
  const parts = [digits.slice(0, 1), digits.slice(1, 6), digits.slice(6, 8)]
  if (digits.length === 11) parts.push(digits.slice(8))
  return parts.join('-')
}

function split(digits: string): Nihii {
  const key = { nihii8: digits.slice(0, 8), checksumValid: isNihiiValid(digits) }
  return digits.length === 11 ? { ...key, nihii11: digits } : key
}
