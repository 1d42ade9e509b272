// Finding people by number: NIHII by its first eight digits, RPPS, an organisation's NIHII, CBE or FINESS.
// A number of the authentic source is found even if its check is wrong; a typed one that nobody bears is told why.
// Not concerned with SSINs: they are looked up by HMAC only (directory-index.ts), never searched for.

import { isCbeValid } from '../identifiers/cbe.ts'
import { onlyDigits } from '../identifiers/digits.ts'
import { isNihiiValid } from '../identifiers/nihii.ts'
import { isSsinValid } from '../identifiers/ssin.ts'
import type { PeopleIndex } from './people-index.ts'
import type { SearchRefusal } from './query.ts'

export interface IdentifierAnswer {
  readonly ordinals: readonly number[]
  readonly refusal?: SearchRefusal
}

/** True for a text that can only be a number: 8, 10 or 11 digits and separators, or an enterprise number with BE. */
export function looksLikeIdentifier(text: string): boolean {
  const digits = onlyDigits(text.trim().replace(/^BE(?=[\s\d])/i, ''))
  return digits !== undefined && [8, 9, 10, 11].includes(digits.length)
}

export function findByIdentifier(index: PeopleIndex, typed: string): IdentifierAnswer {
  const digits = onlyDigits(typed.trim().replace(/^BE(?=[\s\d])/i, '')) ?? ''
  const { byNihii8 } = index.identifiers
  if (digits.length === 8)
    return orRefuse([...byNihii8(digits), ...findAtOrganisation(index, digits)], nihiiRefusal(digits))
  if (digits.length === 11) return findByElevenDigits(index, digits)
  if (digits.length === 9 || digits.length === 10) {
    const cbe = digits.padStart(10, '0')
    const found = [...findAtOrganisation(index, cbe), ...findAtOrganisation(index, digits)]
    return orRefuse(found, isCbeValid(cbe) ? undefined : 'cbe-checksum')
  }
  return { ordinals: [], refusal: 'identifier-format' }
}

function findAtOrganisation({ organisations, roles }: PeopleIndex, identifier: string): number[] {
  return organisations
    .findByIdentifier(identifier)
    .flatMap((organisation) => [...roles.organisationPeople.of(organisation)])
}

/** The last three digits differ between services, so eight decide; but a national number must not hit by chance. */
function findByElevenDigits(index: PeopleIndex, digits: string): IdentifierAnswer {
  const bearers = index.identifiers.byNihii8(digits.slice(0, 8))
  const toTheLetter = bearers.filter((ordinal) =>
    index.personAt(ordinal).roles.some(({ nihii11 }) => nihii11 === digits),
  )
  const ofRpps = index.ordinalOfRpps(digits)
  if (toTheLetter.length > 0 || ofRpps >= 0)
    return { ordinals: ofRpps < 0 ? toTheLetter : [...toTheLetter, ofRpps] }
  if (isSsinValid(digits)) return { ordinals: [], refusal: 'ssin-not-searched' }
  return orRefuse(bearers, nihiiRefusal(digits))
}

const nihiiRefusal = (digits: string): SearchRefusal | undefined =>
  isNihiiValid(digits) ? undefined : 'nihii-checksum'

function orRefuse(ordinals: readonly number[], refusal: SearchRefusal | undefined): IdentifierAnswer {
  if (ordinals.length > 0 || refusal === undefined) return { ordinals: [...new Set(ordinals)] }
  return { ordinals: [], refusal }
}
