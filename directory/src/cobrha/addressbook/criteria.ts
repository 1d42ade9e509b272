// What the AddressBook may be asked, and what it answers to the rest. The schema allows more than the service does:
// the rules are those that the acceptance service was seen to follow, so that a question it would refuse is never sent.
// Source: the AddressBook's schema; observations of the acceptance service. For organisations nothing was observed
// but the refusal of e-mail addresses.
// Not concerned with how a question is written (write-request.ts).

import { DirectoryError, type SourceErrorCode } from '../../errors.ts'
import { professionCodes } from '../../professions/professions.ts'

/** `*` in a name stands for any letters. */
export interface ProfessionalCriteria {
  readonly nihii?: string
  readonly ssin?: string
  readonly firstName?: string
  readonly lastName?: string
  readonly profession?: string
  readonly city?: string
  readonly zipCode?: string
  readonly email?: string
}

export interface OrganisationCriteria {
  readonly nihii?: string
  readonly cbe?: string
  readonly ehp?: string
  readonly institutionName?: string
  readonly institutionType?: string
  readonly city?: string
  readonly zipCode?: string
  readonly email?: string
}

export interface Paging {
  readonly offset: number
  readonly maxElements: number
}

export type CriteriaRefusal = Extract<SourceErrorCode, `criteria-${string}`>

export const MAX_ELEMENTS = 100

export const refusalSentences: Readonly<Record<CriteriaRefusal, string>> = {
  'criteria-format': 'A search criterion is not written as the schema wants it.',
  'criteria-choice': 'Of these search criteria only one may be given.',
  'criteria-combination': 'This combination of search criteria is not supported.',
  'criteria-profession': 'This profession is not accepted.',
  'criteria-paging': 'The paging attributes are not whole numbers from zero.',
  'criteria-max-elements': 'The maxElements paging attribute is too high.',
}

const NIHII = /^(\d{8}|\d{11})$/
const TEN_DIGITS = /^\d{10}$/
const PATTERNS: Readonly<Record<string, RegExp>> = {
  nihii: NIHII,
  ssin: /^\d{11}$/,
  cbe: TEN_DIGITS,
  ehp: TEN_DIGITS,
}
const ANY_TEXT = /^(?=.*\S).{1,100}$/u

/** Which sets of criteria, alphabetically, the service answers. */
const ANSWERED: ReadonlySet<string> = new Set([
  'nihii',
  'ssin',
  'lastName profession',
  'firstName lastName profession',
  'profession zipCode',
  'city profession',
])

export function refusalOfProfessionals(criteria: ProfessionalCriteria): CriteriaRefusal | undefined {
  const given = givenIn(criteria)
  if (!isWellWritten(given)) return 'criteria-format'
  if (hasMoreThanOne(criteria.nihii, criteria.ssin) || hasMoreThanOne(criteria.city, criteria.zipCode))
    return 'criteria-choice'
  if (criteria.profession !== undefined && !isAcceptedProfession(criteria.profession))
    return 'criteria-profession'
  const combination = given
    .map(([name]) => name)
    .sort()
    .join(' ')
  return ANSWERED.has(combination) ? undefined : 'criteria-combination'
}

export function refusalOfOrganisations(criteria: OrganisationCriteria): CriteriaRefusal | undefined {
  const given = givenIn(criteria)
  if (!isWellWritten(given)) return 'criteria-format'
  const { nihii, cbe, ehp, city, zipCode, email } = criteria
  if (hasMoreThanOne(nihii, cbe, ehp) || hasMoreThanOne(city, zipCode)) return 'criteria-choice'
  return given.length === 0 || email !== undefined ? 'criteria-combination' : undefined
}

/** Contact information is of one person or one organisation, named by one identifier. */
export function refusalOfIdentifiers(identifiers: object): CriteriaRefusal | undefined {
  const given = givenIn(identifiers)
  if (given.length !== 1) return 'criteria-choice'
  return isWellWritten(given) ? undefined : 'criteria-format'
}

export function refusalOfPaging({ offset, maxElements }: Paging): CriteriaRefusal | undefined {
  if (!isWholeNumber(offset, 0) || !isWholeNumber(maxElements, 1)) return 'criteria-paging'
  return maxElements > MAX_ELEMENTS ? 'criteria-max-elements' : undefined
}

/** @throws DirectoryError with the refusal as its code and the service's sentence */
export function refuse(refusal: CriteriaRefusal | undefined): void {
  if (refusal !== undefined) throw new DirectoryError(refusal, refusalSentences[refusal])
}

type Given = [name: string, value: string][]

const givenIn = (criteria: object): Given =>
  Object.entries(criteria).filter((entry): entry is [string, string] => entry[1] !== undefined)

const isWellWritten = (given: Given): boolean =>
  given.every(([name, value]) => (PATTERNS[name] ?? ANY_TEXT).test(value))

const hasMoreThanOne = (...values: (string | undefined)[]): boolean =>
  values.filter((value) => value !== undefined).length > 1

/** AUDICIEN, PRACTICALNURSE, OPTICIEN and LABO are in the schema's documentation and are refused all the same. */
const isAcceptedProfession = (profession: string): boolean =>
  professionCodes.some((accepted) => accepted === profession)

const isWholeNumber = (value: number, from: number): boolean => Number.isSafeInteger(value) && value >= from
