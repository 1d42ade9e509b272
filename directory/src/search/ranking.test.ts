import { describe, expect, it } from 'vitest'
import type { Person } from '../model.ts'
import { createDirectoryIndex } from './directory-index.ts'
import type { SearchOptions, SearchQuery } from './query.ts'
import { NOW_MS, sketchPerson } from './test-people.ts'

interface Options extends Partial<Omit<SearchOptions, 'reachable'>> {
  reachable?: string[]
}

function find(people: Person[], query: string | SearchQuery, options: Options = {}): string[] {
  const asked = typeof query === 'string' ? { text: query } : query
  const index = createDirectoryIndex(people, NOW_MS)
  const reachable = index.mark(options.reachable ?? [])
  const { rows } = index.search(asked, { limit: 20, offset: 0, ...options, reachable })
  return rows.map(({ personId, matched }) => `${personId}: ${matched.kind}`)
}

const ixelles = { postcode: '1050' }
const liege = { postcode: '4000' }

describe('the order of what is found', () => {
  // One person for each rank, entered worst first, so that neither the order of entry nor the alphabet helps.
  const ranks = [
    sketchPerson('sound', 'Klaas, Anne', ixelles),
    sketchPerson('near', 'Clases, Anne', ixelles),
    sketchPerson('prefix', 'Claessens, Anne', ixelles),
    sketchPerson('first-prefix', 'Claes, Annelies', ixelles),
    sketchPerson('exact', 'Claes, Anne', ixelles),
  ]

  it('is exact names and place, first prefix, last prefix, one slip, sound', () => {
    const expected = [
      'exact: exact',
      'first-prefix: exact-last',
      'prefix: last-prefix',
      'near: near',
      'sound: sound',
    ]
    expect(find(ranks, 'claes ann ixelles').map((row) => row.split(': ')[1])).toEqual([
      'exact-last',
      'exact-last',
      'last-prefix',
      'near',
      'sound',
    ])
    expect(find(ranks, 'claes anne ixelles')).toEqual(expected)
    expect(find(ranks, { lastName: 'Claes', firstName: 'Anne', place: 'Elsene' })).toEqual(expected)
  })

  it('puts an exact identifier before any name', () => {
    const bearer = sketchPerson('bearer', 'Zwart, Zoé', { nihii8: '18749704' })
    expect(find([...ranks, bearer], '1-87497-04')).toEqual(['bearer: identifier'])
    expect(find([...ranks, bearer], { identifier: '18749704999' })).toEqual(['bearer: identifier'])
  })

  it('puts the whole first name before its beginning, also without a place', () => {
    const people = [sketchPerson('annelies', 'Maes, Annelies'), sketchPerson('anne', 'Maes, Anne')]
    expect(find(people, 'maes anne')).toEqual(['anne: exact', 'annelies: exact-last'])
  })

  it('puts the same place first, then who is reachable here, among equals only', () => {
    const people = [
      sketchPerson('far', 'Maes, Anne', liege),
      sketchPerson('far-reachable', 'Maes, Bert', liege),
      sketchPerson('here', 'Maes, Carl', ixelles),
      sketchPerson('here-reachable', 'Maes, Dora', ixelles),
      sketchPerson('prefix-here-reachable', 'Maessen, Anne', ixelles),
    ]
    const options = {
      nearNsi: '21009',
      reachable: ['far-reachable', 'here-reachable', 'prefix-here-reachable', 'nobody'],
    }
    expect(find(people, 'maes', options)).toEqual([
      'here-reachable: exact-last',
      'here: exact-last',
      'far-reachable: exact-last',
      'far: exact-last',
      'prefix-here-reachable: last-prefix',
    ])
    expect(find(people, 'maes')[0]).toBe('far: exact-last')
  })

  it('does not take an unfinished word for the place when it begins a first name', () => {
    const people = [
      sketchPerson('in-annevoie', 'Maes, Jean', { postcode: '5537' }),
      sketchPerson('called-anne', 'Maes, Anne', liege),
    ]
    expect(find(people, 'maes ann')).toEqual(['called-anne: exact-last', 'in-annevoie: last-prefix'])
    expect(find(people, { text: 'maes', place: 'annev' })).toEqual(['in-annevoie: exact-last'])
  })

  it('counts any of the roles for the same place, but no role given up', () => {
    const people = [
      sketchPerson('a', 'Maes, Anne', { ...liege, moreRoles: [{ ...ixelles, licenceToPractise: false }] }),
      sketchPerson('b', 'Maes, Bert', { ...liege, moreRoles: [ixelles] }),
    ]
    expect(find(people, 'maes', { nearNsi: '21009' })[0]).toBe('b: exact-last')
    expect(find(people, 'maes ixelles')).toEqual(['b: exact-last'])
  })
})

describe('names as people type them', () => {
  const people = [
    sketchPerson('spaced', 'Van den Berghe, Nathalie', ixelles),
    sketchPerson('joined', 'Vandenberghe, Tom', ixelles),
    sketchPerson('desmet', 'De Smet, Jan'),
    sketchPerson('dhondt', "D'Hondt, Élodie"),
    sketchPerson('double', 'Oulad-Haddou, Kévin'),
  ]

  it.each(['van den berghe', 'VANDENBERGHE', 'Vanden Berghe', 'van-den-berghe'])(
    '%s finds both spellings',
    (typed) => {
      expect(find(people, typed)).toEqual(['spaced: exact-last', 'joined: exact-last'])
    },
  )

  it.each([
    ['desmet', 'desmet: exact-last'],
    ['de smet jan', 'desmet: exact'],
    ['jan desmet', 'desmet: exact'],
    ['dhondt elodie', 'dhondt: exact'],
    ['d’hondt', 'dhondt: exact-last'],
    ['Élodie D Hondt', 'dhondt: exact'],
    ['haddou', 'double: last-prefix'],
    ['kevin oulad', 'double: last-prefix'],
    ['n van den berghe', 'spaced: exact-last'],
    ['dr nathalie van den berghe', 'spaced: exact'],
    ['natalie van den berghe', 'spaced: near'],
    ['nathalie vandenberge', 'spaced: near'],
    ['ouladhadou kevin', 'double: near'],
    ['elodie dont', 'dhondt: sound'],
  ])('%s finds %s', (typed, expected) => {
    expect(find(people, typed)[0]).toBe(expected)
  })

  it('finds the last part of a name, and only its beginning', () => {
    expect(find(people, 'berghe')).toEqual(['joined: last-prefix', 'spaced: last-prefix'].reverse())
    expect(find(people, 'erghe')).toEqual([])
  })

  it('does not look for slips in short names', () => {
    expect(find([sketchPerson('a', 'Maes, Anne')], 'mees')).toEqual(['a: sound'].slice(1))
    expect(find([sketchPerson('a', 'Maesen, Anne')], 'mexsen')).toEqual([])
    expect(find([sketchPerson('a', 'Maesen, Anne')], 'maexen')).toEqual(['a: near'])
  })

  it('finds by first name alone, after last names that begin so', () => {
    const some = [sketchPerson('first', 'Claeys, Lieven'), sketchPerson('last', 'Lievens, Anne')]
    expect(find(some, 'lieven')).toEqual(['last: last-prefix', 'first: first-name'])
    expect(find(some, { firstName: 'lieven' })).toEqual(['first: first-name'])
  })

  it('marks what matched, in the name as it is written', () => {
    const index = createDirectoryIndex(people, NOW_MS)
    const ranges = (text: string) => index.search({ text }, { limit: 1, offset: 0 }).rows[0]?.matched.ranges
    expect(ranges('vandenb nath')).toEqual({ lastName: [0, 9], firstName: [0, 4] })
    expect(ranges('haddou')).toEqual({ lastName: [6, 12] })
    expect(ranges('dhondt elo')).toEqual({ lastName: [0, 7], firstName: [0, 3] })
    expect(ranges('nathalie vandenberge')).toBeUndefined()
  })
})
