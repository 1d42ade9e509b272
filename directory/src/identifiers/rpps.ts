// RPPS numbers of French care professionals: eleven digits, the last one a Luhn check over the others.
// Source: the shared register of health professionals (RPPS). Published examples break the check, as Belgian ones do.
// Not concerned with ADELI numbers, which have no check, nor with whether the number was ever issued.

import { DirectoryError } from '../errors.ts'
import { onlyDigits } from './digits.ts'

/** True for eleven digits with a right check; anything else is false. */
export function isRppsValid(digits: string): boolean {
  if (!/^\d{11}$/.test(digits)) return false
  let sum = 0
  for (let at = 0; at < digits.length; at += 1) {
    const digit = Number(digits[at])
    // Counted from the check digit at the end, every second one is doubled.
    const doubled = at % 2 === 1 ? digit * 2 : digit
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}

/**
 * What a person typed, with spaces, dots or dashes between the digits.
 * @throws DirectoryError `rpps-format`, `rpps-checksum`
 */
export function parseTypedRpps(typed: string): string {
  const digits = onlyDigits(typed)
  if (digits?.length !== 11) throw new DirectoryError('rpps-format', 'An RPPS number has 11 digits.')
  if (!isRppsValid(digits))
    throw new DirectoryError('rpps-checksum', 'The check digit of this RPPS number is wrong.')
  return digits
}
