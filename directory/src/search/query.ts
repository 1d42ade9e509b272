// What may be asked of the directory, and what it answers. Not concerned with how.

import type { Organisation } from '../model.ts'
import type { ProfessionCode } from '../professions/professions.ts'

/** Everything in one box, or by field, or both. Each at most 120 characters. */
export interface SearchQuery {
  /** `van den berghe ixelles`, `dr lemaire 1150`, `1-04762-95-004` */
  readonly text?: string
  /** last and first name in any order, and nothing else: `Mons` is no place here. Beside it `text` is not read. */
  readonly name?: string
  readonly lastName?: string
  readonly firstName?: string
  /** a postcode, an NSI code, or a name in any language */
  readonly place?: string
  readonly profession?: ProfessionCode
  /** a CD-HCPARTY code (`perscardiologist`, `deptcardiology`) or its name in any language, perhaps unfinished */
  readonly specialty?: string
  /** words of the name of the house where the role is practised, the last one perhaps unfinished */
  readonly organisation?: string
  /** NIHII (8 or 11 digits) of a person or hospital, RPPS, CBE or FINESS of an organisation. Never an SSIN. */
  readonly identifier?: string
}

export interface SearchOptions {
  /** 1 to 100 */
  readonly limit: number
  /** 0 to 10,000 */
  readonly offset: number
  /** Who has an account here and is reachable: they come first among equals. Made by `DirectoryIndex.mark`. */
  readonly reachable?: MarkedPeople
  /** nobody but them */
  readonly onlyReachable?: boolean
  /** NSI code of the searcher's place; it comes first among equals when no place is typed */
  readonly nearNsi?: string
}

/** A set of people of one index, as one byte for each. */
export interface MarkedPeople {
  readonly marks: Uint8Array
}

/**
 * Best first. `exact`: last name, first name, and the place where one was typed. `exact-last`: the last name, and
 * the beginning of the first. `last-prefix`: the last name begins so, or one of its parts does. `first-name`: only a
 * first name was meant. `near`: one slip away. `sound`: it sounds alike. `organisation`: the
 * words are the name of the house. `place`: no name was typed.
 */
export const matchKinds = [
  'identifier',
  'exact',
  'exact-last',
  'last-prefix',
  'first-name',
  'near',
  'sound',
  'organisation',
  'place',
] as const
export type MatchKind = (typeof matchKinds)[number]

/** UTF-16 positions [start, end) in the name as it is shown. */
export type NameRange = readonly [start: number, end: number]

export interface RowRole {
  readonly roleId: string
  readonly profession: ProfessionCode
  readonly cdHcparty: string
  readonly specialty?: string
  readonly organisation?: string
  readonly place: {
    readonly postcode: string
    readonly nsi: string
    readonly nl: string
    readonly fr: string
    readonly de?: string
  }
  readonly nihii8?: string
  /** false: no licence to practise, or ended. Only an identifier finds such roles. */
  readonly active: boolean
}

/** One person. Two people with one name are two rows: nothing here chooses between them. */
export interface SearchRow {
  readonly personId: string
  readonly lastName: string
  readonly firstName: string
  /** what was asked for first; never empty in a search by name */
  readonly roles: readonly RowRole[]
  readonly matched: {
    readonly kind: MatchKind
    readonly ranges?: { readonly lastName?: NameRange; readonly firstName?: NameRange }
  }
  readonly deceased: boolean
}

/** Which houses; at least one of the first three. */
export interface OrganisationQuery {
  readonly organisationId?: string
  /** NIHII (8 digits), CBE or FINESS */
  readonly identifier?: string
  /** words of its name, the last one perhaps unfinished */
  readonly name?: string
  /** as in `SearchQuery` */
  readonly place?: string
}

export interface OrganisationResult {
  readonly organisations: readonly Organisation[]
  /** of all pages */
  readonly total: number
  /** so many answer to the name that none is given */
  readonly areTooMany?: true
}

/** Why an identifier found nobody: its check is wrong, or it is a national number, which is not searched for. */
export type SearchRefusal = 'nihii-checksum' | 'cbe-checksum' | 'identifier-format' | 'ssin-not-searched'

export interface SearchResult {
  readonly rows: readonly SearchRow[]
  /** of all pages */
  readonly total: number
  /** when nobody is found in the place that was typed: how many there are anywhere */
  readonly elsewhere?: number
  readonly refusal?: SearchRefusal
}
