// Finding people by number: NIHII by its first eight digits, a hospital's NIHII, an organisation's CBE.
// A number of the authentic source is found even if its check is wrong; a typed one that nobody bears is told why.
// Not concerned with SSINs: they are looked up by HMAC only (directory-index.ts), never searched for.

import { isCbeValid } from '../identifiers/cbe.ts'
import { onlyDigits } from '../identifiers/digits.ts'
import { isNihiiValid } from '../identifiers/nihii.ts'
import { isSsinValid } from '../identifiers/ssin.ts'
import type { Person } from '../model.ts'
import type { SearchRefusal } from './query.ts'

export interface IdentifierIndex {
  /** ordinals, ascending */
  byNihii8(nihii8: string): readonly number[]
  byOrganisation(identifier: string): readonly number[]
}

export function indexIdentifiers(people: readonly Person[]): IdentifierIndex {
  const pairs: [nihii8: number, ordinal: number][] = []
  const organisations = new Map<string, Set<number>>()
  people.forEach(({ roles }, ordinal) => {
    for (const nihii8 of new Set(roles.map((role) => role.nihii8))) {
      if (nihii8 !== undefined) pairs.push([Number(nihii8), ordinal])
    }
    for (const { organisation } of roles) {
      for (const identifier of [organisation?.cbe, organisation?.nihii8]) {
        if (identifier !== undefined)
          organisations.set(identifier, (organisations.get(identifier) ?? new Set()).add(ordinal))
      }
    }
  })
  pairs.sort((a, b) => a[0] - b[0] || a[1] - b[1])
  const numbers = Uint32Array.from(pairs, ([number]) => number)
  const ordinals = Uint32Array.from(pairs, ([, ordinal]) => ordinal)
  return {
    byNihii8(nihii8) {
      if (!/^\d{8}$/.test(nihii8)) return []
      const found: number[] = []
      for (let at = lowerBound(numbers, Number(nihii8)); numbers[at] === Number(nihii8); at++)
        found.push(ordinals[at] ?? 0)
      return found
    },
    byOrganisation: (identifier) => [...(organisations.get(identifier) ?? [])],
  }
}

export interface IdentifierAnswer {
  readonly ordinals: readonly number[]
  readonly refusal?: SearchRefusal
}

/** True for a text that can only be a number: 8, 10 or 11 digits and separators, or an enterprise number with BE. */
export function looksLikeIdentifier(text: string): boolean {
  const digits = onlyDigits(text.trim().replace(/^BE(?=[\s\d])/i, ''))
  return digits !== undefined && [8, 9, 10, 11].includes(digits.length)
}

export function findByIdentifier(
  index: IdentifierIndex,
  people: readonly Person[],
  typed: string,
): IdentifierAnswer {
  const digits = onlyDigits(typed.trim().replace(/^BE(?=[\s\d])/i, '')) ?? ''
  if (digits.length === 8)
    return orRefuse([...index.byNihii8(digits), ...index.byOrganisation(digits)], nihiiRefusal(digits))
  if (digits.length === 11) return findByElevenDigits(index, people, digits)
  if (digits.length === 9 || digits.length === 10) {
    const cbe = digits.padStart(10, '0')
    return orRefuse(index.byOrganisation(cbe), isCbeValid(cbe) ? undefined : 'cbe-checksum')
  }
  return { ordinals: [], refusal: 'identifier-format' }
}

/** The last three digits differ between services, so eight decide; but a national number must not hit by chance. */
function findByElevenDigits(
  index: IdentifierIndex,
  people: readonly Person[],
  digits: string,
): IdentifierAnswer {
  const bearers = index.byNihii8(digits.slice(0, 8))
  const toTheLetter = bearers.filter((ordinal) =>
    people[ordinal]?.roles.some(({ nihii11 }) => nihii11 === digits),
  )
  if (toTheLetter.length > 0) return { ordinals: toTheLetter }
  if (isSsinValid(digits)) return { ordinals: [], refusal: 'ssin-not-searched' }
  return orRefuse(bearers, nihiiRefusal(digits))
}

const nihiiRefusal = (digits: string): SearchRefusal | undefined =>
  isNihiiValid(digits) ? undefined : 'nihii-checksum'

function orRefuse(ordinals: readonly number[], refusal: SearchRefusal | undefined): IdentifierAnswer {
  if (ordinals.length > 0 || refusal === undefined) return { ordinals: [...new Set(ordinals)] }
  return { ordinals: [], refusal }
}

function lowerBound(sorted: Uint32Array, value: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] ?? 0) < value) low = middle + 1
    else high = middle
  }
  return low
}
