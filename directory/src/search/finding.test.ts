import { describe, expect, it } from 'vitest'
import { createDirectoryIndex } from './directory-index.ts'
import type { SearchQuery } from './query.ts'
import { NOW_MS, sketchPerson } from './test-people.ts'

const cardiology = { cdHcparty: 'perscardiologist', specialty: 'deptcardiology' }
const aldegonde = { organisationId: 'o1', name: 'Cliniques Sainte-Aldegonde', cbe: '0200000340' }
const malou = { organisationId: 'o2', name: 'Cabinet du Parc Malou' }

const people = [
  sketchPerson('cardiologist', 'Dumont, Claire', {
    postcode: '1150',
    ...cardiology,
    organisation: aldegonde,
  }),
  sketchPerson('surgeon', 'Dumont, Clara', {
    postcode: '1050',
    cdHcparty: 'perssurger',
    organisation: aldegonde,
  }),
  sketchPerson('nurse', 'Aerts, Tine', { postcode: '1150', profession: 'NURSE', organisation: aldegonde }),
  sketchPerson('gp', 'Aldegonde, Paul', { postcode: '4000', organisation: malou }),
  sketchPerson('left', 'Dumont, Léa', { postcode: '1150', organisation: malou, licenceToPractise: false }),
  sketchPerson('in-city', 'Petit, Anne', { postcode: '1000' }),
  sketchPerson('in-ixelles', 'Petit, Anne', { postcode: '1050' }),
  sketchPerson('in-namur', 'Petit, Anne', { postcode: '5000' }),
  sketchPerson('van-de', 'Van de Walle, Jan', { postcode: '9000' }),
  sketchPerson('short', 'Maes, Annelies', { postcode: '9000' }),
]
const index = createDirectoryIndex(people, NOW_MS)
const ids = (query: string | SearchQuery) =>
  index
    .search(typeof query === 'string' ? { text: query } : query, { limit: 20, offset: 0 })
    .rows.map(({ personId }) => personId)

describe('a specialty', () => {
  it.each(['dumont cardiologie', 'cardiologue dumont', 'dumont cardiologist', 'dumont cardiologie 1150'])(
    '%s is understood in the box, in any language',
    (typed) => expect(ids(typed)).toEqual(['cardiologist']),
  )

  it('has a field of its own: a code, a name, the beginning of one', () => {
    for (const specialty of ['perscardiologist', 'deptcardiology', 'cardio', 'Cardiologie', 'kardiologe'])
      expect(ids({ lastName: 'dumont', specialty })).toEqual(['cardiologist'])
    expect(ids({ specialty: 'cardiologie', place: '1150' })).toEqual(['cardiologist'])
    expect(ids({ lastName: 'dumont', specialty: 'no such thing' })).toEqual([])
  })
})

describe('an organisation', () => {
  it('is found by words of its name, after people who are called so', () => {
    expect(ids('cliniques aldegonde')).toEqual(['nurse', 'cardiologist', 'surgeon'])
    expect(ids('aldegonde')).toEqual(['gp'])
    expect(ids('parc mal')).toEqual(['gp'])
  })

  it('narrows a name, in the box and as a field', () => {
    expect(ids('dumont aldegonde')).toEqual(['cardiologist', 'surgeon'])
    expect(ids('sainte-aldegonde tine aerts')).toEqual(['nurse'])
    expect(ids({ lastName: 'dumont', organisation: 'sainte alde' })).toEqual(['cardiologist', 'surgeon'])
    expect(ids({ organisation: 'aldegonde', place: '1150' })).toEqual(['nurse', 'cardiologist'])
    expect(ids({ lastName: 'dumont', organisation: 'malou' })).toEqual([])
  })

  it('is found by its number', () => expect(ids('BE 0200.000.340')).toHaveLength(3))
})

describe('a city', () => {
  it.each(['bruxelles', 'Brussel', 'brussels'])('%s means its agglomeration too, lower down', (city) => {
    expect(ids(`anne petit ${city}`)).toEqual(['in-city', 'in-ixelles'])
  })

  it('means itself alone as a postcode', () => {
    expect(ids('anne petit 1000')).toEqual(['in-city'])
    expect(ids({ lastName: 'petit', place: 'ixelles' })).toEqual(['in-ixelles'])
  })

  it('does not let the reachable of its surroundings before its own', () => {
    const reachable = index.mark(['in-ixelles', 'in-namur'])
    const find = (text: string) =>
      index.search({ text }, { limit: 9, offset: 0, reachable }).rows.map(({ personId }) => personId)
    expect(find('anne petit bruxelles')).toEqual(['in-city', 'in-ixelles'])
    expect(find('anne petit')).toEqual(['in-ixelles', 'in-namur', 'in-city'])
  })
})

describe('names as people get them wrong', () => {
  it.each([
    ['another particle', 'van der walle jan', 'van-de'],
    ['no particle', 'walle jan', 'van-de'],
    ['one particle too many', 'de maes annelies', 'short'],
    ['a slip in a short name, beside a first name without any', 'mase annelies', 'short'],
    ['the other order', 'annelies maes', 'short'],
  ])('%s', (_, typed, personId) => expect(ids(typed)[0]).toBe(personId))

  it('are found in each other’s fields, after those who bear them as they stand', () => {
    expect(ids({ lastName: 'Jan', firstName: 'Van de Walle' })).toEqual(['van-de'])
    const both = createDirectoryIndex(
      [sketchPerson('thomas', 'Thomas, Simon'), sketchPerson('simon', 'Simon, Thomas')],
      NOW_MS,
    )
    const asked = { lastName: 'Simon', firstName: 'Thomas' }
    const found = both.search(asked, { limit: 9, offset: 0 }).rows.map(({ personId }) => personId)
    expect(found).toEqual(['simon', 'thomas'])
  })
})

describe('places beyond the country’s tables', () => {
  const lyon = { postcode: '69003', nsi: 'FR69123', nl: 'Lyon', fr: 'Lyon' }
  const abroad = createDirectoryIndex(
    [sketchPerson('lyonnaise', 'Petit, Zoé', { location: lyon }), ...people],
    NOW_MS,
  )
  it.each(['petit lyon', 'petit 69003', 'zoe petit lyo'])('%s', (text) => {
    expect(abroad.search({ text }, { limit: 9, offset: 0 }).rows[0]?.personId).toBe('lyonnaise')
  })
})

describe('what is kept of a person', () => {
  it('comes back as it was given, with whatever the model adds', () => {
    for (const person of people) expect(index.person(person.personId)).toEqual(person)
    const added = { ...sketchPerson('x', 'Été–Ľ, Ænn'), rpps: '10003456789', goneSinceMs: 5 }
    const some = createDirectoryIndex([added], NOW_MS)
    expect(some.person('x')).toEqual(added)
    expect(some.search({ text: '10003456789' }, { limit: 1, offset: 0 }).rows[0]?.personId).toBe('x')
    expect(some.person('y')).toBeUndefined()
  })

  it('is one row with all practices, the one that was asked for first', () => {
    const twoPlaces = sketchPerson('two', 'Petit, Zoé', {
      postcode: '1000',
      moreRoles: [{ postcode: '4000' }],
    })
    const some = createDirectoryIndex([twoPlaces], NOW_MS)
    const places = (text: string) =>
      some
        .search({ text }, { limit: 9, offset: 0 })
        .rows.map(({ roles }) => roles.map(({ place }) => place.fr))
    expect(places('petit')).toEqual([['Bruxelles', 'Liège']])
    expect(places('petit liège')).toEqual([['Liège', 'Bruxelles']])
  })
})
