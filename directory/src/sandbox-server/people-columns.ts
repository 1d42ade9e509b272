// What the AddressBook can be asked about the generated people, in columns: names, professions and places by person
// number, so that nobody's record is opened until a page is written.
// Not concerned with people who were changed since (register.ts asks their records).

import { fold } from '../names/fold.ts'
import { createGlob } from './glob.ts'
import { createNumberTable, hashText } from './number-table.ts'
import type { SandboxPractice, SandboxRecord } from './record.ts'

export interface ProfessionalQuestion {
  readonly nihii?: string | undefined
  readonly ssin?: string | undefined
  readonly firstName?: string | undefined
  readonly lastName?: string | undefined
  readonly profession?: string | undefined
  readonly city?: string | undefined
  readonly zipCode?: string | undefined
}

export interface PeopleColumns {
  add(at: number, record: SandboxRecord): void
  /** Person numbers in their order; who is found by id, SSIN or NIHII may be somebody else of the same hash. */
  find(question: ProfessionalQuestion): number[]
  findId(id: string): number | undefined
}

export function createPeopleColumns(): PeopleColumns {
  const byId = createNumberTable()
  const bySsin = createNumberTable()
  const byNihii8 = createNumberTable()
  const peopleOfLastName = new Map<string, number[]>()
  const peopleOfPlace = new Map<string, number[]>()
  const zipCodesOfCity = new Map<string, Set<string>>()
  const professionsOf: string[] = []
  const firstNameOf: string[] = []
  const interned = new Map<string, string>()
  const intern = (text: string): string => {
    const known = interned.get(text) ?? text
    if (known === text) interned.set(text, text)
    return known
  }

  const addPractice = (at: number, { nihii, discipline, address }: SandboxPractice): void => {
    if (nihii !== undefined) byNihii8.add(Number(nihii.slice(0, 8)), at)
    const key = placeKey(discipline, address.zipCode)
    const list = listOf(peopleOfPlace, key)
    if (list.at(-1) !== at) list.push(at)
    for (const city of [address.nl, address.fr, address.de ?? address.nl]) {
      const folded = fold(city)
      zipCodesOfCity.set(folded, (zipCodesOfCity.get(folded) ?? new Set()).add(address.zipCode))
    }
  }

  const findByName = (question: ProfessionalQuestion, lastName: string): number[] => {
    const isLastName = createGlob(lastName)
    const isFirstName = createGlob(question.firstName ?? '*')
    const found: number[] = []
    for (const [folded, people] of peopleOfLastName) {
      if (!isLastName(folded)) continue
      for (const at of people) {
        const practises = professionsOf[at]?.split(' ').includes(question.profession ?? '')
        if (practises && isFirstName(firstNameOf[at] ?? '')) found.push(at)
      }
    }
    return found
  }

  const findByPlace = ({ profession = '', zipCode, city }: ProfessionalQuestion): number[] => {
    const zipCodes = zipCode === undefined ? (zipCodesOfCity.get(fold(city ?? '')) ?? []) : [zipCode]
    return [...zipCodes].flatMap((code) => peopleOfPlace.get(placeKey(profession, code)) ?? [])
  }

  return {
    add(at, record) {
      byId.add(hashText(record.id), at)
      bySsin.add(Number(record.ssin), at)
      for (const practice of record.practices) addPractice(at, practice)
      listOf(peopleOfLastName, fold(record.lastName)).push(at)
      professionsOf[at] = intern(professionsIn(record).join(' '))
      firstNameOf[at] = intern(fold(record.firstName))
    },
    find(question) {
      const { nihii, ssin, lastName } = question
      if (nihii !== undefined) return only(byNihii8.get(Number(nihii.slice(0, 8))))
      if (ssin !== undefined) return only(bySsin.get(Number(ssin)))
      const found = lastName === undefined ? findByPlace(question) : findByName(question, lastName)
      return [...new Set(found)].sort((a, b) => a - b)
    },
    findId: (id) => byId.get(hashText(id)),
  }
}

/** The same question to one record. */
export function answersTo(record: SandboxRecord, question: ProfessionalQuestion): boolean {
  const { nihii, ssin, firstName = '*', lastName = '*', profession, city, zipCode } = question
  if (nihii !== undefined)
    return record.practices.some((practice) => practice.nihii?.slice(0, 8) === nihii.slice(0, 8))
  if (ssin !== undefined) return record.ssin === ssin
  if (!createGlob(lastName)(fold(record.lastName)) || !createGlob(firstName)(fold(record.firstName)))
    return false
  return record.practices.some(({ discipline, address }) => {
    if (discipline !== profession) return false
    if (zipCode !== undefined) return address.zipCode === zipCode
    return city === undefined || [address.nl, address.fr, address.de ?? ''].map(fold).includes(fold(city))
  })
}

export function professionsIn(record: SandboxRecord): string[] {
  return [...new Set(record.practices.map(({ discipline }) => discipline))]
}

const placeKey = (profession: string, zipCode: string): string => `${profession} ${zipCode}`

const only = (at: number | undefined): number[] => (at === undefined ? [] : [at])

function listOf(lists: Map<string, number[]>, key: string): number[] {
  const list = lists.get(key) ?? []
  if (list.length === 0) lists.set(key, list)
  return list
}
