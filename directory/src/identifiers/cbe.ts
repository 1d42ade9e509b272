// CBE (BCE/KBO): enterprise numbers. Source: Crossroads Bank for Enterprises: ten digits, the first 0 or 1,
// the last two 97 − (first eight mod 97).
// Not concerned with establishment units, whose numbers begin with 2 to 8.

import { DirectoryError } from '../errors.ts'
import { onlyDigits } from './digits.ts'

/** The two check digits of the first eight. */
export function cbeCheckDigits(eightDigits: string): string {
  return String(97 - (Number(eightDigits) % 97)).padStart(2, '0')
}

export function isCbeValid(digits: string): boolean {
  return /^[01]\d{9}$/.test(digits) && cbeCheckDigits(digits.slice(0, 8)) === digits.slice(8)
}

/**
 * What a person typed, with or without `BE` and separators; the older nine digits get their leading zero.
 * @throws DirectoryError `cbe-format`, `cbe-checksum`
 */
export function parseTypedCbe(typed: string): string {
  const digits = onlyDigits(typed.trim().replace(/^BE/i, ''))?.padStart(10, '0')
  if (digits === undefined || !/^[01]\d{9}$/.test(digits)) {
    throw new DirectoryError('cbe-format', 'An enterprise number has 10 digits and begins with 0 or 1.')
  }
  if (!isCbeValid(digits))
    throw new DirectoryError('cbe-checksum', 'The check digits of this enterprise number are wrong.')
  return digits
}

/** What the authentic source says: ten digits, with the result of the check beside them. */
export function readSourceCbe(raw: string): { cbe: string; checksumValid: boolean } | undefined {
  const digits = onlyDigits(raw)
  return digits?.length === 10 ? { cbe: digits, checksumValid: isCbeValid(digits) } : undefined
}

/** `0123.456.749` */
export function formatCbe(digits: string): string {
  return `${digits.slice(0, 4)}.${digits.slice(4, 7)}.${digits.slice(7)}`
}
