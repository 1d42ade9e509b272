// What is shown of people, kept small: one short line of JSON a person, in which everything that repeats (names,
// workplaces, what a role says besides its numbers and dates) is the number of a text kept once.
// What a later model adds to a person or a role is kept too, without this file knowing it.
// Not concerned with finding people (people-index.ts).

import type { Person, Role } from '../model.ts'
import type { Interner } from './interner.ts'
import { createInterner } from './interner.ts'
import { createTextStore } from './text-store.ts'

export interface PersonRecords {
  /** @param lastName number of the last name as it is written; `firstName` likewise */
  append(person: Person, lastName: number, firstName: number): void
  read(number: number): Person
  readId(number: number): string
  readSsinHmac(number: number): string | undefined
}

/** A text that mostly begins with another one: its rest, else in brackets the whole. */
type Shortened = string | readonly [whole: string]

type StoredRole = readonly [
  roleId: Shortened,
  nihii8: string | 0,
  nihii11: Shortened | 0,
  validFromMs: number | null,
  validUntilMs: number | null,
  workplace: number,
  terms: number,
]

type StoredPerson = readonly [
  personId: string,
  ssinHmac: string | 0,
  lastName: number,
  firstName: number,
  language: Person['language'],
  deceased: 0 | 1,
  roles: readonly StoredRole[],
  more?: object,
]

interface Shared {
  readonly workplaces: { numberOf(text: string): number; read(number: number): string }
  readonly terms: Interner
}

/** `["` before the first text of a line of JSON, and the quotation mark after it. */
const BEFORE_ID = 2
const QUOTE = 0x22

export function createPersonRecords(
  lastNames: readonly string[],
  firstNames: readonly string[],
): PersonRecords {
  const lines = createTextStore()
  const shared: Shared = { workplaces: createSharedTexts(), terms: createInterner() }
  const parse = (number: number) => JSON.parse(lines.read(number)) as StoredPerson
  return {
    append(person, lastName, firstName) {
      const { personId, ssinHmac, lastName: _, firstName: __, language, deceased, roles, ...more } = person
      const stored = roles.map((role) => packRole(role, personId, shared))
      const line: StoredPerson = [
        personId,
        ssinHmac ?? 0,
        lastName,
        firstName,
        language,
        deceased ? 1 : 0,
        stored,
      ]
      lines.append(JSON.stringify(Object.keys(more).length === 0 ? line : [...line, more]))
    },
    read(number) {
      const [personId, ssinHmac, last, first, language, deceased, roles, more] = parse(number)
      return {
        personId,
        ...(ssinHmac === 0 ? {} : { ssinHmac }),
        lastName: lastNames[last] ?? '',
        firstName: firstNames[first] ?? '',
        language,
        deceased: deceased === 1,
        roles: roles.map((role) => unpackRole(role, personId, shared)),
        ...more,
      }
    },
    readId: (number) => lines.readUntil(number, BEFORE_ID, QUOTE),
    readSsinHmac: (number) => parse(number)[1] || undefined,
  }
}

/** Workplaces are many and long: the texts stand outside the heap, only the way to them is in a map. */
function createSharedTexts(): Shared['workplaces'] {
  const numbers = new Map<string, number>()
  const texts = createTextStore()
  return {
    read: texts.read,
    numberOf(text) {
      let number = numbers.get(text)
      if (number === undefined) {
        number = texts.append(text)
        numbers.set(text, number)
      }
      return number
    },
  }
}

function packRole(role: Role, personId: string, { workplaces, terms }: Shared): StoredRole {
  const { roleId, nihii8, nihii11, validFromMs, validUntilMs, organisation, location, ...others } = role
  return [
    shorten(personId, roleId),
    nihii8 ?? 0,
    nihii11 === undefined ? 0 : shorten(nihii8 ?? '', nihii11),
    validFromMs ?? null,
    validUntilMs ?? null,
    workplaces.numberOf(JSON.stringify({ organisation, location })),
    terms.numberOf(JSON.stringify(others)),
  ]
}

function unpackRole(stored: StoredRole, personId: string, { workplaces, terms }: Shared): Role {
  const [roleId, nihii8, nihii11, validFromMs, validUntilMs, workplace, term] = stored
  const others = JSON.parse(terms.texts[term] ?? '{}') as Omit<Role, 'roleId' | 'location'>
  const where = JSON.parse(workplaces.read(workplace)) as Pick<Role, 'organisation' | 'location'>
  return {
    roleId: lengthen(personId, roleId),
    ...(nihii8 === 0 ? {} : { nihii8 }),
    ...(nihii11 === 0 ? {} : { nihii11: lengthen(nihii8 === 0 ? '' : nihii8, nihii11) }),
    ...(validFromMs === null ? {} : { validFromMs }),
    ...(validUntilMs === null ? {} : { validUntilMs }),
    ...others,
    ...where,
  }
}

const shorten = (beginning: string, text: string): Shortened =>
  text.startsWith(beginning) ? text.slice(beginning.length) : [text]

const lengthen = (beginning: string, shortened: Shortened): string =>
  typeof shortened === 'string' ? beginning + shortened : shortened[0]
