// What the directory knows: a person has roles, a role has a place. Source: the shape of CoBRHA, widened where the
// French register has other identifiers; one installation keeps one register.
// Not concerned with accounts, devices or availability (the relay's), nor with how records are fetched.
// The SSIN is not in here: only its HMAC is, and no search row carries even that.

import type { ProfessionCode } from './professions/professions.ts'

/**
 * Where a role is practised. `nl` and `fr` are always there (of a French commune both are its name); `de` where the
 * place has a German name.
 */
export interface Location {
  /** four digits in Belgium; in France five, or empty where the register gives no address */
  readonly postcode: string
  /**
   * The municipality, one code whatever language its name is said in: in Belgium NSI (REFNIS/INS), five digits; in
   * France `FR` and the INSEE code (`FR69123`), so that the two never meet, or `FR` alone without an address
   */
  readonly nsi: string
  readonly nl: string
  readonly fr: string
  readonly de?: string
}

export interface Organisation {
  readonly organisationId: string
  readonly name: string
  /** CD-HCPARTY code: `orgpharmacy`, `orghospital`, … */
  readonly cdHcparty: string
  /** eight digits */
  readonly nihii8?: string
  /** ten digits */
  readonly cbe?: string
  /** nine characters; France */
  readonly finess?: string
  readonly location: Location
}

/** One profession practised in one place. */
export interface Role {
  readonly roleId: string
  readonly profession: ProfessionCode
  /** CD-HCPARTY code of the person, as narrow as the source has it: `persgeriatrist`, `persnurse` */
  readonly cdHcparty: string
  /** CD-HCPARTY code of the specialty: `deptgeriatry` */
  readonly specialty?: string
  /** eight digits; many nurses have none */
  readonly nihii8?: string
  /** eleven digits; the last three differ between services */
  readonly nihii11?: string
  /** of the NIHII, in France of the RPPS; absent without one; false is no reason to refuse a row of the authentic source */
  readonly checksumValid?: boolean
  readonly licenceToPractise: boolean
  readonly validFromMs?: number
  /** absent: without end */
  readonly validUntilMs?: number
  readonly source: 'cobrha' | 'annuaire-sante' | 'sandbox'
  readonly sourceVersion: string
  readonly organisation?: Organisation
  readonly location: Location
}

export interface Person {
  /** opaque and stable: 1 to 40 of `A-Z a-z 0-9 _ -` */
  readonly personId: string
  /** see identifiers/ssin-lookup.ts; absent if the source has no SSIN */
  readonly ssinHmac?: string
  /** eleven digits; France */
  readonly rpps?: string
  readonly lastName: string
  readonly firstName: string
  readonly language: 'fr' | 'nl' | 'de'
  readonly deceased: boolean
  /** the register has them no more; their roles are without licence. Kept a while for those who wrote with them */
  readonly goneSinceMs?: number
  readonly roles: readonly Role[]
}

/** A role that may be practised at `atMs`. */
export function isRoleActive(role: Role, atMs: number): boolean {
  if (!role.licenceToPractise) return false
  if (role.validFromMs !== undefined && atMs < role.validFromMs) return false
  return role.validUntilMs === undefined || atMs < role.validUntilMs
}

/** Whoever may practise nothing neither signs in nor is written to. */
export function isPractising({ deceased, roles }: Person, atMs: number): boolean {
  return !deceased && roles.some((role) => isRoleActive(role, atMs))
}
