// What is shown of a person who was found: names with the matched part marked, and roles with profession and place.
// Rows are built field by field, so that nothing of a record leaks into them: no SSIN, no HMAC of one.
// Not concerned with the order of rows (rank.ts).

import { isRoleActive, type Person, type Role } from '../model.ts'
import { fold } from '../names/fold.ts'
import type { Reading } from './interpret.ts'
import type { MatchKind, NameRange, RowRole, SearchRow } from './query.ts'
import { isCodeMeant } from './role-filter.ts'

export interface RowContext {
  readonly nowMs: number
  readonly nearNsi?: string | undefined
}

export function buildRow(
  person: Person,
  kind: MatchKind,
  reading: Reading | undefined,
  context: RowContext,
): SearchRow {
  const ranges = reading && kind !== 'near' && kind !== 'sound' ? markNames(person, reading) : undefined
  return {
    personId: person.personId,
    lastName: person.lastName,
    firstName: person.firstName,
    roles: orderRoles(person, kind, reading, context),
    matched: ranges === undefined ? { kind } : { kind, ranges },
    deceased: person.deceased,
  }
}

function orderRoles(
  person: Person,
  kind: MatchKind,
  reading: Reading | undefined,
  context: RowContext,
): RowRole[] {
  const scored = person.roles.map((role) => ({ role, row: toRowRole(role, context.nowMs) }))
  return scored
    .filter(({ row }) => row.active || kind === 'identifier')
    .map(({ role, row }) => ({
      row,
      distance: distanceFromQuestion(role, reading, context) + (row.active ? 0 : 16),
    }))
    .sort((a, b) => a.distance - b.distance)
    .map(({ row }) => row)
}

function distanceFromQuestion(role: Role, reading: Reading | undefined, context: RowContext): number {
  const isPlace = reading?.nsis === undefined || reading.nsis.has(role.location.nsi)
  const isProfession = reading === undefined || isCodeMeant(role, reading)
  const isNear = role.location.nsi === context.nearNsi
  const isAround = isPlace || reading?.around?.has(role.location.nsi) === true
  return (isAround ? 0 : 8) + (isPlace ? 0 : 4) + (isProfession ? 0 : 2) + (isNear ? 0 : 1)
}

function toRowRole(role: Role, nowMs: number): RowRole {
  const { postcode, nsi, nl, fr, de } = role.location
  return {
    roleId: role.roleId,
    profession: role.profession,
    cdHcparty: role.cdHcparty,
    ...(role.specialty === undefined ? {} : { specialty: role.specialty }),
    ...(role.organisation === undefined ? {} : { organisation: role.organisation.name }),
    place: de === undefined ? { postcode, nsi, nl, fr } : { postcode, nsi, nl, fr, de },
    ...(role.nihii8 === undefined ? {} : { nihii8: role.nihii8 }),
    active: isRoleActive(role, nowMs),
  }
}

function markNames(person: Person, reading: Reading): SearchRow['matched']['ranges'] {
  const lastName = findRange(person.lastName, reading.last)
  const firstName = findRange(person.firstName, reading.first)
  if (lastName === undefined && firstName === undefined) return undefined
  return { ...(lastName && { lastName }), ...(firstName && { firstName }) }
}

/** Where a joined folded key stands in a name as it is written: at its start, else at the start of a word, else anywhere. */
export function findRange(shown: string, key: string): NameRange | undefined {
  if (key === '') return undefined
  let joined = ''
  const positions: number[] = []
  const wordStarts = new Set<number>()
  let position = 0
  let afterGap = true
  for (const letter of shown) {
    const folded = fold(letter).replace(/[^\p{L}\p{N}]+/gu, '')
    if (folded === '') afterGap = afterGap || !/\p{M}/u.test(letter)
    else {
      if (afterGap) wordStarts.add(joined.length)
      afterGap = false
      for (let unit = 0; unit < folded.length; unit++) positions.push(position)
      joined += folded
    }
    position += letter.length
  }
  const starts = [0, ...wordStarts, joined.indexOf(key)]
  const start = starts.find((at) => at >= 0 && joined.startsWith(key, at))
  if (start === undefined) return undefined
  const last = start + key.length - 1
  let end = last + 1
  while (end < positions.length && positions[end] === positions[last]) end++
  return [positions[start] ?? 0, trimEnd(shown, positions[end] ?? shown.length)]
}

/** The next letter's position may lie behind a space or a hyphen that was not typed. */
function trimEnd(shown: string, end: number): number {
  let trimmed = end
  while (trimmed > 0 && /[^\p{L}\p{N}\p{M}]/u.test(shown[trimmed - 1] ?? '')) trimmed--
  return trimmed
}
