/**
 * The national number of a patient as it is typed. Source: the national register's rule: nine digits, and 97 minus their
 * remainder by 97; people born from 2000 with a 2 before them. It is kept nowhere.
 */

/** 11 digits whose check is right. Never in a log, an error, an address or a store. */
export type PatientNumber = string & { readonly brand: 'PatientNumber' }

/** Undefined for what cannot be one. */
export function readPatientNumber(typed: string): PatientNumber | undefined {
  const digits = typed.replaceAll(/[\s./-]/g, '')
  if (!/^\d{11}$/.test(digits)) return undefined
  const [nine, check] = [Number(digits.slice(0, 9)), Number(digits.slice(9))]
  const isRight = [nine, 2_000_000_000 + nine].some((base) => 97 - (base % 97) === check)
  return isRight ? (digits as PatientNumber) : undefined
}
