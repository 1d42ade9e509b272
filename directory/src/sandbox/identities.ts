// Synthetic identifiers whose checks are right and that no two people of one sandbox share.
// Source: the rules in identifiers/; first digits of NIHII by profession from the RIZIV numbering. The
// qualification digits (9–11) are invented. Serial numbers of SSINs are drawn from 800 up, where hardly any day's
// births reach; they belong to nobody on purpose, and to somebody only by chance.
// Not concerned with professions that have no known first digit: their people have no NIHII here.

import { DirectoryError } from '../errors.ts'
import { cbeCheckDigits } from '../identifiers/cbe.ts'
import { nihiiCheckDigits } from '../identifiers/nihii.ts'
import { ssinCheckDigits } from '../identifiers/ssin.ts'
import type { Sex } from './name-tables.ts'
import type { Random } from './random.ts'

export type NihiiFirstDigit = 1 | 2 | 3 | 4 | 5 | 6 | 7

export interface IdentityIssuer {
  /** 8 digits, or undefined once the hundred thousand numbers of a first digit are used up four times */
  issueNihii8(firstDigit: NihiiFirstDigit): string | undefined
  issueSsin(random: Random, birth: BirthDate, sex: Sex, isBis: boolean): string
  issueCbe(): string
}

export interface BirthDate {
  readonly year: number
  readonly month: number
  readonly day: number
}

const NUMBERS_PER_DIGIT = 100_000
/** Coprime to the count, so that neighbours in the sandbox do not have neighbouring numbers. */
const STEP = 37_013
const MODULI = [97, 89, 83, 79] as const
const FIRST_SERIAL = 800
const SERIALS = 99
const MAX_TRIES = 2_000

/**
 * Remembers what it issued in 4 MB however many that is.
 * @param reserved identifiers that are taken already: those of the named demo people
 */
export function createIdentityIssuer(reserved: Iterable<string>): IdentityIssuer {
  const taken = new Set(reserved)
  const issuedOfDigit = new Map<number, number>()
  const issuedSsins = createSsinBits()
  let enterprises = 0
  return {
    issueNihii8(firstDigit) {
      let issued = issuedOfDigit.get(firstDigit) ?? 0
      for (; issued < NUMBERS_PER_DIGIT * MODULI.length; issued++) {
        const number = String(firstDigit * NUMBERS_PER_DIGIT + ((issued * STEP) % NUMBERS_PER_DIGIT))
        const round = Math.floor(issued / NUMBERS_PER_DIGIT)
        const check = nihiiCheckDigits(number, MODULI[round] ?? 97)
        // Two moduli may give one number the same check: that was issued in the earlier round.
        const isRepeated = MODULI.slice(0, round).some(
          (modulus) => nihiiCheckDigits(number, modulus) === check,
        )
        const candidate = number + check
        if (isRepeated || taken.has(candidate)) continue
        issuedOfDigit.set(firstDigit, issued + 1)
        return candidate
      }
      return undefined
    },
    issueSsin(random, birth, sex, isBis) {
      for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
        const serial = FIRST_SERIAL + 2 * random.below(SERIALS) + (sex === 'M' ? 1 : 0)
        const candidate = composeSsin(birth, serial, isBis)
        if (!taken.has(candidate) && issuedSsins.claim(birth, serial, isBis)) return candidate
        birth = { ...birth, day: 1 + random.below(28), month: 1 + random.below(12) }
      }
      throw new DirectoryError('sandbox-too-large', 'There are no SSINs left for so many people of one age.')
    },
    issueCbe() {
      const number = String(10_000_000 + ((enterprises++ * 7_919) % 10_000_000)).slice(0, 8)
      return number + cbeCheckDigits(number)
    },
  }
}

function composeSsin(birth: BirthDate, serial: number, isBis: boolean): string {
  const twoDigits = (value: number): string => String(value).padStart(2, '0')
  const month = birth.month + (isBis ? 40 : 0)
  const nine = twoDigits(birth.year % 100) + twoDigits(month) + twoDigits(birth.day) + serial
  return nine + ssinCheckDigits(nine, birth.year >= 2000)
}

const FIRST_YEAR = 1900
const YEARS = 200
const LAST_SERIALS = 1_000 - FIRST_SERIAL

/** One bit for each SSIN that can be issued. */
function createSsinBits(): { claim(birth: BirthDate, serial: number, isBis: boolean): boolean } {
  const bits = new Uint8Array(Math.ceil((YEARS * 12 * 31 * 2 * LAST_SERIALS) / 8))
  return {
    claim(birth, serial, isBis) {
      const day = ((birth.year - FIRST_YEAR) * 12 + birth.month - 1) * 31 + birth.day - 1
      const at = (day * 2 + (isBis ? 1 : 0)) * LAST_SERIALS + serial - FIRST_SERIAL
      const mask = 1 << (at & 7)
      const byte = bits[at >>> 3] ?? 0
      bits[at >>> 3] = byte | mask
      return (byte & mask) === 0
    },
  }
}
