// People for the tests of searching: short to write, invented, told apart by their ids.

import type { Location, Organisation, Person, Role } from '../model.ts'
import { belgianPlaces } from '../names/places.ts'
import { cdHcpartyOfProfession, type ProfessionCode } from '../professions/professions.ts'

export interface PersonSketch {
  readonly postcode?: string
  readonly profession?: ProfessionCode
  readonly cdHcparty?: string
  readonly specialty?: string
  readonly organisation?: Pick<Organisation, 'organisationId' | 'name' | 'cbe'>
  /** instead of a postcode */
  readonly location?: Location
  readonly nihii8?: string
  readonly deceased?: boolean
  readonly licenceToPractise?: boolean
  readonly validUntilMs?: number
  readonly moreRoles?: readonly PersonSketch[]
}

export const NOW_MS = Date.UTC(2026, 0, 1)

/** `name` is `Last, First`. */
export function sketchPerson(personId: string, name: string, sketch: PersonSketch = {}): Person {
  const [lastName = '', firstName = ''] = name.split(', ')
  const roles = [sketch, ...(sketch.moreRoles ?? [])].map((role, index) =>
    sketchRole(`${personId}_${index + 1}`, role),
  )
  return {
    personId,
    lastName,
    firstName,
    language: 'fr',
    ssinHmac: `hmac-of-${personId}`,
    deceased: sketch.deceased ?? false,
    roles,
  }
}

function sketchRole(roleId: string, sketch: PersonSketch): Role {
  const location = sketch.location ?? belgianPlaces().locationOf(sketch.postcode ?? '1000')
  if (location === undefined) throw new Error('unknown postcode in a test')
  const profession = sketch.profession ?? 'PHYSICIAN'
  return {
    roleId,
    profession,
    cdHcparty: sketch.cdHcparty ?? cdHcpartyOfProfession[profession][0],
    ...(sketch.nihii8 === undefined
      ? {}
      : { nihii8: sketch.nihii8, nihii11: `${sketch.nihii8}001`, checksumValid: true }),
    licenceToPractise: sketch.licenceToPractise ?? true,
    ...(sketch.validUntilMs === undefined ? {} : { validUntilMs: sketch.validUntilMs }),
    source: 'cobrha',
    sourceVersion: '1',
    ...(sketch.specialty === undefined ? {} : { specialty: sketch.specialty }),
    ...(sketch.organisation && {
      organisation: { cdHcparty: 'orghospital', ...sketch.organisation, location },
    }),
    location,
  }
}
