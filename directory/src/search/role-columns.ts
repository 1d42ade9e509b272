// Where and as what people practise, as typed arrays: two bytes for the place and two for the profession of a role.
// Not concerned with what is shown of a role (rows.ts).

import { isRoleActive, type Person } from '../model.ts'
import { createPostings, type Postings } from './postings.ts'

/** Roles of ordinal o are the positions [start[o], start[o + 1]). Inactive ones have place and code 0. */
export interface RoleColumns {
  readonly start: Uint32Array
  readonly place: Uint16Array
  readonly code: Uint16Array
  /** NSI code → place number, from 1 */
  readonly placeNumberOf: ReadonlyMap<string, number>
  /** `PROFESSION cdHcparty` → code number, from 1 */
  readonly codeNumberOf: ReadonlyMap<string, number>
  /** place number → ordinals, once for each role there */
  readonly placePeople: Postings
}

export function indexRoles(people: readonly Person[], nowMs: number): RoleColumns {
  const count = people.reduce((sum, { roles }) => sum + roles.length, 0)
  const start = new Uint32Array(people.length + 1)
  const place = new Uint16Array(count)
  const code = new Uint16Array(count)
  const placeNumberOf = new Map<string, number>()
  const codeNumberOf = new Map<string, number>()
  let next = 0
  people.forEach((person, ordinal) => {
    for (const role of person.roles) {
      if (isRoleActive(role, nowMs)) {
        place[next] = numberOf(placeNumberOf, role.location.nsi)
        code[next] = numberOf(codeNumberOf, `${role.profession} ${role.cdHcparty}`)
      }
      next++
    }
    start[ordinal + 1] = next
  })
  const placePeople = createPostings(placeNumberOf.size + 1, (add) => {
    people.forEach((_, ordinal) => {
      const end = start[ordinal + 1] ?? 0
      for (let role = start[ordinal] ?? 0; role < end; role++) add(place[role] ?? 0, ordinal)
    })
  })
  return { start, place, code, placeNumberOf, codeNumberOf, placePeople }
}

function numberOf(numbers: Map<string, number>, name: string): number {
  const known = numbers.get(name) ?? numbers.size + 1
  numbers.set(name, known)
  return known
}
