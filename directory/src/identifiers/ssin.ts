// SSIN (NISS/INSZ): the national number of a person in Belgium, and the BIS numbers of people outside the
// national register. Source: the national register's rule. Nine digits (birth date yymmdd, serial of three) and
// the check 97 − (first nine mod 97), computed on 2000000000 + first nine for people born from 2000.
// BIS numbers have the month raised by 20 (sex unknown) or 40 (sex known).
// Not concerned with storing it: an SSIN leaves this package only as an HMAC (ssin-lookup.ts).

import { DirectoryError } from '../errors.ts'
import { onlyDigits } from './digits.ts'

declare const ssinBrand: unique symbol
/** 11 digits whose check is right. Never put into a row, a log line or an error. */
export type Ssin = string & { readonly [ssinBrand]: true }

export interface ParsedSsin {
  readonly ssin: Ssin
  readonly isBis: boolean
  readonly bornFrom2000: boolean
}

/** The two check digits of the first nine digits. */
export function ssinCheckDigits(nineDigits: string, bornFrom2000: boolean): string {
  const base = Number(nineDigits) + (bornFrom2000 ? 2_000_000_000 : 0)
  return String(97 - (base % 97)).padStart(2, '0')
}

/** True for 11 digits with a possible birth date and a right check, of either century. */
export function isSsinValid(digits: string): boolean {
  return /^\d{11}$/.test(digits) && hasPossibleDate(digits) && centuryOf(digits) !== undefined
}

/**
 * What a person typed, with or without separators.
 * @throws DirectoryError `ssin-format`, `ssin-checksum`
 */
export function parseTypedSsin(typed: string): ParsedSsin {
  const digits = onlyDigits(typed)
  if (digits?.length !== 11 || !hasPossibleDate(digits)) {
    throw new DirectoryError(
      'ssin-format',
      'A national number has 11 digits and begins with a date of birth.',
    )
  }
  const century = centuryOf(digits)
  if (century === undefined)
    throw new DirectoryError('ssin-checksum', 'The check digits of this national number are wrong.')
  return { ssin: digits as Ssin, isBis: monthOf(digits) > 12, bornFrom2000: century === 2000 }
}

/** What the authentic source says: any 11 digits, with the result of the check beside them. */
export function readSourceSsin(raw: string): { ssin: string; checksumValid: boolean } | undefined {
  const digits = onlyDigits(raw)
  return digits?.length === 11 ? { ssin: digits, checksumValid: isSsinValid(digits) } : undefined
}

/** `85.07.30-033.28`. For the person's own eyes. */
export function formatSsin(digits: string): string {
  const [yy, mm, dd] = [digits.slice(0, 2), digits.slice(2, 4), digits.slice(4, 6)]
  return `${yy}.${mm}.${dd}-${digits.slice(6, 9)}.${digits.slice(9)}`
}

function centuryOf(digits: string): 1900 | 2000 | undefined {
  const check = digits.slice(9)
  if (ssinCheckDigits(digits.slice(0, 9), false) === check) return 1900
  if (ssinCheckDigits(digits.slice(0, 9), true) === check) return 2000
  return undefined
}

const monthOf = (digits: string): number => Number(digits.slice(2, 4))

/** Unknown months and days are written 00, so zero is possible. */
function hasPossibleDate(digits: string): boolean {
  const month = monthOf(digits)
  const plainMonth = month >= 40 ? month - 40 : month >= 20 ? month - 20 : month
  return plainMonth <= 12 && Number(digits.slice(4, 6)) <= 31
}
