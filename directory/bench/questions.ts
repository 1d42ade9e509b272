// What people ask for somebody they look for: their name and mostly their place, with one realistic mistake.
// Each question knows whom it means and who else answers to its words as well.
// Not concerned with asking (quality.ts, measure.ts).

import type { Location, Person, SearchQuery, SearchRow } from '../src/index.ts'
import { professionNames } from '../src/index.ts'
import { fold, nameKey } from '../src/names/fold.ts'
import type { Random } from '../src/sandbox/random.ts'
import {
  doubledLetter,
  dropParticle,
  missingLetter,
  otherLanguagePlace,
  respaceParticle,
  spellBySound,
  swapLetters,
  wrongLetter,
} from './mistakes.ts'

export const questionKinds = [
  'exact',
  'swapped letters',
  'wrong letter',
  'missing letter',
  'doubled letter',
  'slip in first name',
  'slips in both names',
  'missing particle',
  'particle joined or spaced',
  'other language place',
  'agglomeration',
  'names exchanged in fields',
  'prefix',
  'initial',
  'by sound',
  'half of a double name',
  'profession instead of place',
] as const
export type QuestionKind = (typeof questionKinds)[number]

export interface Question {
  readonly kind: QuestionKind
  readonly query: SearchQuery
  readonly personId: string
  /** Says of somebody else that the words, had they been typed right, would mean them just as well. */
  readonly isTied: (row: SearchRow) => boolean
}

interface Subject {
  readonly person: Person
  readonly random: Random
  /** the place and profession of a role in practice */
  readonly location: Location
  readonly profession: Person['roles'][number]['profession']
}

/** @returns undefined if this mistake cannot be made with this person */
export function makeQuestion(kind: QuestionKind, person: Person, random: Random): Question | undefined {
  const role = person.roles[0]
  if (role === undefined) return undefined
  const subject: Subject = { person, random, location: role.location, profession: role.profession }
  return makers[kind](subject, kind)
}

type Maker = (subject: Subject, kind: QuestionKind) => Question | undefined

const BRUSSELS = /^210(?:0[1-35-9]|1\d)$/

/** Three in four say where. */
const SAYS_PLACE = 0.75

const withLastName =
  (change: (random: Random, lastName: string) => string | undefined): Maker =>
  (subject, kind) => {
    const { person, random, location } = subject
    const lastName = change(random, person.lastName)
    if (lastName === undefined || lastName === person.lastName) return undefined
    const place = random.chance(SAYS_PLACE) ? random.pick([location.fr, location.nl, location.postcode]) : ''
    return inOneBox(subject, kind, [lastName, person.firstName], place)
  }

const makers: Readonly<Record<QuestionKind, Maker>> = {
  exact(subject, kind) {
    const { person, random, location } = subject
    const place = random.pick([location.fr, location.nl, location.postcode])
    return inOneBox(subject, kind, [person.lastName, person.firstName], place)
  },
  'swapped letters': withLastName(swapLetters),
  'wrong letter': withLastName(wrongLetter),
  'missing letter': withLastName(missingLetter),
  'doubled letter': withLastName(doubledLetter),
  'missing particle': withLastName((_, lastName) => dropParticle(lastName)),
  'particle joined or spaced': withLastName((_, lastName) => respaceParticle(lastName)),
  'by sound': withLastName(spellBySound),
  'half of a double name': withLastName((random, lastName) => {
    const halves = lastName.split('-').filter((half) => half.length >= 4)
    return halves.length < 2 ? undefined : random.pick(halves)
  }),
  'slip in first name'(subject, kind) {
    const { person, random, location } = subject
    const slip = random.pick([swapLetters, wrongLetter, missingLetter, doubledLetter])
    const firstName = slip(random, person.firstName)
    const place = random.chance(SAYS_PLACE) ? location.postcode : ''
    return (firstName && inOneBox(subject, kind, [person.lastName, firstName], place)) || undefined
  },
  'slips in both names'(subject, kind) {
    const { person, random, location } = subject
    const slips = [swapLetters, wrongLetter, missingLetter, doubledLetter]
    const lastName = random.pick(slips)(random, person.lastName)
    const firstName = random.pick(slips)(random, person.firstName)
    if (!lastName || !firstName) return undefined
    return inOneBox(subject, kind, [lastName, firstName], random.pick([location.fr, location.nl]))
  },
  'other language place'(subject, kind) {
    const place = otherLanguagePlace(subject.random, subject.location)
    const { lastName, firstName } = subject.person
    return place === undefined ? undefined : inOneBox(subject, kind, [lastName, firstName], place)
  },
  agglomeration(subject, kind) {
    if (!BRUSSELS.test(subject.location.nsi)) return undefined
    const { lastName, firstName } = subject.person
    return inOneBox(
      subject,
      kind,
      [lastName, firstName],
      subject.random.pick(['Bruxelles', 'Brussel']),
      false,
    )
  },
  'names exchanged in fields'(subject, kind) {
    const { person, location } = subject
    const query = { lastName: person.firstName, firstName: person.lastName, place: location.fr }
    return question(subject, kind, query, namesakeHere(subject, true))
  },
  prefix(subject, kind) {
    const { person, random, location } = subject
    const letters = Math.max(4, Math.ceil(person.lastName.length * 0.6))
    const [last, first] = [person.lastName.slice(0, letters).trim(), person.firstName.slice(0, 3)]
    const place = random.pick([location.fr, location.postcode])
    return question(subject, kind, { text: `${last} ${first} ${place}` }, (row) => {
      const begins = (name: string, typed: string) => nameKey(name).startsWith(nameKey(typed))
      return begins(row.lastName, last) && begins(row.firstName, first) && isHere(row, location)
    })
  },
  initial(subject, kind) {
    const { person, location } = subject
    const initial = person.firstName.slice(0, 1)
    return question(subject, kind, { text: `${initial}. ${person.lastName} ${location.fr}` }, (row) => {
      const isSame = nameKey(row.lastName) === nameKey(person.lastName)
      return isSame && fold(row.firstName).startsWith(fold(initial)) && isHere(row, location)
    })
  },
  'profession instead of place'(subject, kind) {
    const { person, random, profession } = subject
    const spoken = professionNames[profession][random.pick(['fr', 'nl'] as const)]
    const text = `${person.firstName} ${person.lastName} ${spoken}`
    return question(subject, kind, { text }, (row) => {
      return isNamesake(row, person) && row.roles.some((role) => role.profession === profession)
    })
  },
}

/** In either order, as people do. */
function inOneBox(
  subject: Subject,
  kind: QuestionKind,
  names: readonly [last: string, first: string],
  place: string,
  placeMustMatch = true,
): Question {
  const [last, first] = names
  const named = subject.random.chance(0.5) ? `${last} ${first}` : `${first} ${last}`
  const typed = `${named} ${place}`.trim()
  const text = subject.random.chance(0.5) ? typed.toLowerCase() : typed
  return question(subject, kind, { text }, namesakeHere(subject, place !== '' && placeMustMatch))
}

function question(
  { person }: Subject,
  kind: QuestionKind,
  query: SearchQuery,
  isTied: Question['isTied'],
): Question {
  return { kind, query, personId: person.personId, isTied }
}

const namesakeHere =
  ({ person, location }: Subject, isPlaceTyped: boolean) =>
  (row: SearchRow): boolean =>
    isNamesake(row, person) && (!isPlaceTyped || isHere(row, location))

const isNamesake = (row: SearchRow, person: Person): boolean =>
  nameKey(row.lastName) === nameKey(person.lastName) && nameKey(row.firstName) === nameKey(person.firstName)

const isHere = ({ roles }: SearchRow, { nsi }: Location): boolean =>
  roles.some(({ place }) => place.nsi === nsi)
