// What is asked of the directory while it is measured: six kinds of question in equal parts, in a seeded order.
// Not concerned with whether the right person is found (quality.ts).

import type { Person, SearchQuery } from '../src/index.ts'
import { createRandom, type Random } from '../src/sandbox/random.ts'
import { otherLanguagePlace, swapLetters, wrongLetter } from './mistakes.ts'

export interface Mix {
  readonly kind: string
  readonly query: SearchQuery
}

type Maker = (person: Person, random: Random) => SearchQuery | undefined

const placeOf = ({ roles }: Person) => roles[0]?.location

const makers: Readonly<Record<string, Maker>> = {
  exact: (person) => ({ text: `${person.lastName} ${person.firstName} ${placeOf(person)?.fr ?? ''}` }),
  prefix: (person, random) => {
    const letters = 2 + random.below(4)
    const first = random.chance(0.5) ? ` ${person.firstName.slice(0, 2)}` : ''
    return { text: `${person.lastName.slice(0, letters)}${first}` }
  },
  misspelt: (person, random) => {
    const lastName = (random.chance(0.5) ? swapLetters : wrongLetter)(random, person.lastName)
    return lastName === undefined ? undefined : { text: `${lastName} ${person.firstName}` }
  },
  'place synonym': (person, random) => {
    const location = placeOf(person)
    const place = location && (otherLanguagePlace(random, location) ?? 'Brussel')
    return { text: `${person.lastName} ${place}` }
  },
  homonym: (_, random) => ({
    text: `${random.pick(COMMON)} ${random.pick(['Marie', 'Jan', 'Anne', ''])}`.trim(),
  }),
  'nothing found': (person, random) => ({
    text: `${drawLetters(random)} ${drawLetters(random)} ${placeOf(person)?.nl ?? ''}`,
  }),
}

const COMMON = ['Peeters', 'Janssens', 'Maes', 'Jacobs', 'Dubois', 'Lambert', 'Mertens', 'Willems']

function drawLetters(random: Random): string {
  return Array.from({ length: 7 }, () => random.pick([...'bcdfghjklmnpqrstvwxz'])).join('')
}

/** @param count rounded up to equal parts */
export function makeMix(people: readonly Person[], count: number, seed: number): Mix[] {
  const random = createRandom(seed, 1)
  const kinds = Object.entries(makers)
  const mix: Mix[] = []
  while (mix.length < count) {
    for (const [kind, make] of kinds) {
      const query = make(random.pick(people), random)
      if (query !== undefined) mix.push({ kind, query })
    }
  }
  return mix
}
