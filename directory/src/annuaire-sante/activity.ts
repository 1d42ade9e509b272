// One activity as the French register says it, from the open file or from the FHIR interface, and a person made of theirs.
// Source: the Annuaire Santé. Whoever is registered may practise; students are registered and may not.
// Not concerned with either format.

import { createHash } from 'node:crypto'
import { isRppsValid } from '../identifiers/rpps.ts'
import type { Location, Organisation, Person, Role } from '../model.ts'
import type { QuarantineReason, SourceRow } from '../source/source.ts'
import { occupationOf } from './occupations.ts'

export interface Activity {
  /** national identification: the kind of number, then the number: `8` and eleven digits for an RPPS */
  readonly idnps: string
  readonly lastName: string
  readonly firstName: string
  readonly professionCode: string
  /** `C` civil, `M` military, `E` student */
  readonly categoryCode: string
  readonly specialty: { readonly code: string; readonly name: string }
  /** `L` independent, `S` employed, `B` voluntary */
  readonly modeCode: string
  readonly structure?: { readonly technicalId: string; readonly finess: string; readonly name: string }
  readonly postcode: string
  readonly inseeCode: string
  readonly town: string
}

const IDNPS = /^[0-9A-Z]{2,20}$/
const PREFIX = 'fr-'

/** Undefined for a number that cannot be one. */
export function personIdOf(idnps: string): string | undefined {
  return IDNPS.test(idnps) ? PREFIX + idnps : undefined
}

/** Undefined for a person of another register. */
export function idnpsOf(personId: string): string | undefined {
  return personId.startsWith(PREFIX) ? personId.slice(PREFIX.length) : undefined
}

/** Of one person: all have the same identification. */
export function personOf(activities: readonly Activity[], sourceVersion: string): SourceRow {
  const [first] = activities
  const personId = first && personIdOf(first.idnps)
  if (first === undefined || personId === undefined) {
    return { kind: 'quarantined', reason: 'identifier-unusable' }
  }
  const roles = new Map<string, Role>()
  const refusedRoles: QuarantineReason[] = []
  for (const activity of activities) {
    const role = roleOf(activity, personId, sourceVersion)
    if (typeof role === 'string') refusedRoles.push(role)
    else roles.set(role.roleId, role)
  }
  if (first.lastName === '') return { kind: 'quarantined', reason: 'name-unusable', personId }
  const reason = refusedRoles[0] ?? 'role-missing'
  if (roles.size === 0) return { kind: 'quarantined', reason, personId }
  const rpps = first.idnps.startsWith('8') ? first.idnps.slice(1) : ''
  const person: Person = {
    personId,
    ...(/^\d{11}$/.test(rpps) ? { rpps } : {}),
    lastName: first.lastName,
    firstName: first.firstName,
    language: 'fr',
    deceased: false,
    roles: [...roles.values()],
  }
  return { kind: 'person', person, refusedRoles }
}

function roleOf(activity: Activity, personId: string, sourceVersion: string): Role | QuarantineReason {
  const { professionCode, specialty, categoryCode, modeCode, structure } = activity
  const occupation = occupationOf(professionCode, specialty)
  if (occupation === undefined) return 'profession-unknown'
  const location = locationOf(activity)
  const place = structure?.finess || structure?.technicalId || `${location.postcode}${location.nsi}`
  const digits = personId.slice(PREFIX.length + 1)
  return {
    roleId: `${personId}_${shortHash([professionCode, specialty.code, modeCode, place].join('|'))}`,
    ...occupation,
    ...(/^\d{11}$/.test(digits) ? { checksumValid: isRppsValid(digits) } : {}),
    licenceToPractise: categoryCode !== 'E',
    source: 'annuaire-sante',
    sourceVersion,
    ...(structure === undefined || structure.name === ''
      ? {}
      : { organisation: organisationOf(structure, activity, location) }),
    location,
  }
}

/** By profession of who works there: the register gives sectors, which have no CD-HCPARTY code. */
function organisationOf(
  { technicalId, finess, name }: NonNullable<Activity['structure']>,
  { professionCode }: Activity,
  location: Location,
): Organisation {
  const organisationId = `fr-${/^[0-9A-Z]{9}$/i.test(finess) ? finess : shortHash(technicalId || name)}`
  return {
    organisationId,
    name: name.slice(0, 200),
    cdHcparty: professionCode === '21' ? 'orgpharmacy' : finess === '' ? 'orgpractice' : 'orghospital',
    ...(/^[0-9A-Z]{9}$/i.test(finess) ? { finess } : {}),
    location,
  }
}

/** Many activities have no address: somewhere in France. */
function locationOf({ postcode, inseeCode, town }: Activity): Location {
  const isCommune = /^(\d{2}|2[AB])\d{3}$/.test(inseeCode)
  const name = town === '' ? 'France' : town
  return {
    postcode: /^\d{5}$/.test(postcode) ? postcode : '',
    nsi: isCommune ? `FR${inseeCode}` : 'FR',
    nl: name,
    fr: name,
  }
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 12)
}
