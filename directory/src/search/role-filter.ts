// A typed place and a typed profession, as one condition on a single role: a pharmacist in Ixelles is somebody who
// is a pharmacist *in Ixelles*.
// Not concerned with inactive roles: the index gives them no place and no code.

import type { Reading } from './interpret.ts'
import type { PeopleIndex } from './people-index.ts'

export type RoleFilter = (ordinal: number) => boolean

export function createRoleFilter(
  index: PeopleIndex,
  reading: Pick<Reading, 'nsis' | 'profession'>,
): RoleFilter {
  if (reading.nsis === undefined && reading.profession === undefined) return () => true
  const isRoleMeant = createRoleTest(index, reading)
  const { start } = index.roles
  return (ordinal) => {
    const end = start[ordinal + 1] ?? 0
    for (let role = start[ordinal] ?? 0; role < end; role++) if (isRoleMeant(role)) return true
    return false
  }
}

/** Says of a role's position whether place and profession are the ones asked for. */
export function createRoleTest(
  index: PeopleIndex,
  reading: Pick<Reading, 'nsis' | 'profession'>,
): (role: number) => boolean {
  const { place, code, placeNumberOf, codeNumberOf } = index.roles
  const places = new Uint8Array(placeNumberOf.size + 1)
  for (const [nsi, number] of placeNumberOf) places[number] = reading.nsis?.has(nsi) === false ? 0 : 1
  const codes = new Uint8Array(codeNumberOf.size + 1)
  const { profession } = reading
  for (const [name, number] of codeNumberOf) {
    const [ofProfession, cdHcparty] = name.split(' ')
    const isMeant = profession === undefined || ofProfession === profession.profession
    codes[number] = isMeant && (profession?.cdHcparty ?? cdHcparty) === cdHcparty ? 1 : 0
  }
  return (role) => places[place[role] ?? 0] === 1 && codes[code[role] ?? 0] === 1
}
