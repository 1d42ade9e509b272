// A typed place, profession, specialty and organisation, as one condition on a single role: a pharmacist in Ixelles is
// somebody who is a pharmacist *in Ixelles*.
// Not concerned with inactive roles: the index gives them no place and no code.

import type { ProfessionFilter } from '../professions/profession-words.ts'
import type { PeopleIndex } from './people-index.ts'
import type { RoleCode } from './role-columns.ts'

/** How a role meets the condition. `Around`: in the agglomeration of the place, not in it. */
export const Meets = { Not: 0, Around: 1, Wholly: 2 } as const
export type Meets = (typeof Meets)[keyof typeof Meets]

export interface RoleCondition {
  readonly nsis?: ReadonlySet<string>
  readonly around?: ReadonlySet<string>
  readonly profession?: ProfessionFilter
  /** CD-HCPARTY codes of a person or a department */
  readonly specialty?: ReadonlySet<string>
  /** numbers, from 1 */
  readonly organisations?: ReadonlySet<number>
}

/** The best of a person's roles. */
export type RoleFilter = (ordinal: number) => Meets

export function createRoleFilter(index: PeopleIndex, condition: RoleCondition): RoleFilter {
  if (!hasCondition(condition)) return () => Meets.Wholly
  const meets = createRoleTest(index, condition)
  const { start } = index.roles
  return (ordinal) => {
    let best: Meets = Meets.Not
    const end = start[ordinal + 1] ?? 0
    for (let role = start[ordinal] ?? 0; role < end && best !== Meets.Wholly; role++) {
      const met = meets(role)
      if (met > best) best = met
    }
    return best
  }
}

export function hasCondition({ nsis, profession, specialty, organisations }: RoleCondition): boolean {
  return Boolean(nsis ?? profession ?? specialty ?? organisations)
}

/** Says of a role's position how it meets the condition. */
function createRoleTest(index: PeopleIndex, condition: RoleCondition): (role: number) => Meets {
  const { roles } = index
  const { nsis, around, organisations } = condition
  const places = new Uint8Array(roles.nsis.length + 1)
  roles.nsis.forEach((nsi, at) => {
    places[at + 1] =
      nsis === undefined || nsis.has(nsi) ? Meets.Wholly : around?.has(nsi) ? Meets.Around : Meets.Not
  })
  const codes = Uint8Array.from([0, ...roles.codes.map((code) => (isCodeMeant(code, condition) ? 1 : 0))])
  return (role) => {
    if (codes[roles.code[role] ?? 0] !== 1) return Meets.Not
    if (organisations !== undefined && !organisations.has(roles.organisation[role] ?? 0)) return Meets.Not
    return (places[roles.place[role] ?? 0] ?? Meets.Not) as Meets
  }
}

export function isCodeMeant(code: RoleCode, { profession, specialty }: RoleCondition): boolean {
  if (profession !== undefined && profession.profession !== code.profession) return false
  if (profession?.cdHcparty !== undefined && profession.cdHcparty !== code.cdHcparty) return false
  if (specialty === undefined) return true
  return specialty.has(code.cdHcparty) || (code.specialty !== undefined && specialty.has(code.specialty))
}
