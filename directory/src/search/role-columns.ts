// Where and as what people practise, as typed arrays: one number each for the place, the profession and the
// organisation of a role.
// Not concerned with what is shown of a role (person-records.ts, rows.ts).

import { isRoleActive, type Role } from '../model.ts'
import type { ProfessionCode } from '../professions/professions.ts'
import { GrowingColumn } from './growing-column.ts'
import { createInterner } from './interner.ts'
import { createPostings, type Postings } from './postings.ts'

/** What a role is practised as. */
export interface RoleCode {
  readonly profession: ProfessionCode
  readonly cdHcparty: string
  readonly specialty?: string
}

/** Roles of ordinal o are the positions [start[o], start[o + 1]). Inactive ones have place and code 0. */
export interface RoleColumns {
  readonly start: Uint32Array
  readonly place: Uint32Array
  readonly code: Uint32Array
  /** number of the organisation, from 1; 0 for none. Inactive roles have theirs. */
  readonly organisation: Uint32Array
  /** place number − 1 → NSI code */
  readonly nsis: readonly string[]
  /** code number − 1 → what it stands for */
  readonly codes: readonly RoleCode[]
  /** place number → ordinals, once for each role there */
  readonly placePeople: Postings
  /** organisation number → ordinals, once for each role there */
  readonly organisationPeople: Postings
}

export interface RoleColumnsBuilder {
  /** @param organisation its number, from 1; 0 for none */
  addRole(role: Role, organisation: number): void
  /** after the last role of a person */
  endPerson(): void
  /** whether a role of the person that is being added may be practised */
  readonly hasActiveRole: boolean
  /** @param arrivals which person, in the order they were added, has each ordinal */
  finish(arrivals: Uint32Array, organisationCount: number): RoleColumns
}

export function createRoleColumnsBuilder(nowMs: number): RoleColumnsBuilder {
  const starts = new GrowingColumn()
  const places = new GrowingColumn()
  const codes = new GrowingColumn()
  const organisations = new GrowingColumn()
  const nsis = createInterner()
  const codeNumbers = createInterner()
  let hasActiveRole = false
  starts.push(0)
  return {
    get hasActiveRole() {
      return hasActiveRole
    },
    addRole(role, organisation) {
      const { profession, cdHcparty, specialty, location } = role
      const isActive = isRoleActive(role, nowMs)
      hasActiveRole ||= isActive
      places.push(isActive ? nsis.numberOf(location.nsi) + 1 : 0)
      codes.push(
        isActive ? codeNumbers.numberOf(JSON.stringify({ profession, cdHcparty, specialty })) + 1 : 0,
      )
      organisations.push(organisation)
    },
    endPerson() {
      starts.push(places.length)
      hasActiveRole = false
    },
    finish(arrivals, organisationCount) {
      const order = orderRoles(starts.values(), arrivals)
      const pick = (column: GrowingColumn) => pickOut(column.values(), order.roles)
      const place = pick(places)
      const organisation = pick(organisations)
      return {
        start: order.start,
        place,
        code: pick(codes),
        organisation,
        nsis: nsis.texts,
        codes: codeNumbers.texts.map((text) => JSON.parse(text) as RoleCode),
        placePeople: filePeople(order.start, place, nsis.texts.length + 1),
        organisationPeople: filePeople(order.start, organisation, organisationCount + 1),
      }
    },
  }
}

/** Roles came person after person; now they stand ordinal after ordinal. */
function orderRoles(starts: Uint32Array, arrivals: Uint32Array): { start: Uint32Array; roles: Uint32Array } {
  const start = new Uint32Array(arrivals.length + 1)
  const roles = new Uint32Array(starts[arrivals.length] ?? 0)
  let next = 0
  arrivals.forEach((arrival, ordinal) => {
    const end = starts[arrival + 1] ?? 0
    for (let role = starts[arrival] ?? 0; role < end; role++) roles[next++] = role
    start[ordinal + 1] = next
  })
  return { start, roles }
}

function pickOut(from: Uint32Array, positions: Uint32Array): Uint32Array {
  return positions.map((position) => from[position] ?? 0)
}

function filePeople(start: Uint32Array, numbers: Uint32Array, count: number): Postings {
  return createPostings(count, (add) => {
    for (let ordinal = 0; ordinal + 1 < start.length; ordinal++) {
      const end = start[ordinal + 1] ?? 0
      for (let role = start[ordinal] ?? 0; role < end; role++) add(numbers[role] ?? 0, ordinal)
    }
  })
}
