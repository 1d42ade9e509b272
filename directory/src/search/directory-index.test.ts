import { describe, expect, it } from 'vitest'
import { createDirectoryIndex } from './directory-index.ts'
import type { SearchQuery } from './query.ts'
import { NOW_MS, sketchPerson } from './test-people.ts'

const people = [
  sketchPerson('gp', 'Lemaire, Anne-Sophie', {
    postcode: '1150',
    cdHcparty: 'persgeneralphysician',
    nihii8: '10476295',
  }),
  sketchPerson('nurse', 'Lemaire, Anne-Sophie', { postcode: '1160', profession: 'NURSE' }),
  sketchPerson('both', 'Lemaire, Jean', {
    postcode: '1200',
    moreRoles: [{ postcode: '4000', profession: 'PHARMACIST' }],
  }),
  sketchPerson('mons', 'Mons, Claire', { postcode: '9000' }),
  sketchPerson('in-mons', 'Arts, Piet', { postcode: '7000', profession: 'PHARMACIST' }),
  sketchPerson('dead', 'Lemaire, Odette', { postcode: '1150', nihii8: '18749704', deceased: true }),
  sketchPerson('struck-off', 'Lemaire, Paul', {
    postcode: '1150',
    nihii8: '12345625',
    licenceToPractise: false,
  }),
  sketchPerson('retired', 'Lemaire, René', { postcode: '1150', validUntilMs: NOW_MS - 1 }),
  sketchPerson('bad-check', 'Willems, Tine', { postcode: '1150', nihii8: '11111111' }),
]
const index = createDirectoryIndex(people, NOW_MS)
const search = (query: string | SearchQuery, limit = 20, offset = 0) =>
  index.search(typeof query === 'string' ? { text: query } : query, { limit, offset })
const ids = (query: string | SearchQuery) => search(query).rows.map(({ personId }) => personId)

describe('homonyms', () => {
  it('stand side by side, each with profession and place', () => {
    const { rows, total } = search('lemaire anne-sophie')
    expect(total).toBe(2)
    expect(rows.map(({ roles }) => [roles[0]?.profession, roles[0]?.place.fr])).toEqual([
      ['PHYSICIAN', 'Woluwe-Saint-Pierre'],
      ['NURSE', 'Auderghem'],
    ])
  })

  it('are told apart by place or by profession', () => {
    expect(ids('lemaire anne-sophie auderghem')).toEqual(['nurse'])
    expect(ids('lemaire anne-sophie oudergem')).toEqual(['nurse'])
    expect(ids('anne-sophie lemaire infirmière')).toEqual(['nurse'])
    expect(ids('huisarts lemaire')).toEqual(['gp'])
    expect(ids({ text: 'lemaire', profession: 'NURSE' })).toEqual(['nurse'])
  })
})

describe('a place or a profession', () => {
  it.each([
    'lemaire 1150',
    'lemaire à woluwe-saint-pierre',
    'sint-pieters-woluwe lemaire',
    '1150 Woluwe lemaire',
  ])('%s is a condition', (typed) => expect(ids(typed)).toEqual(['gp']))

  it('of a field and of the box are understood together', () => {
    expect(ids({ text: 'lemaire infirmière', profession: 'NURSE' })).toEqual(['nurse'])
    expect(ids({ text: 'lemaire infirmière', profession: 'PHYSICIAN' })).toEqual([])
    expect(ids({ text: 'auderghem', lastName: 'lemaire', firstName: 'anne-sophie' })).toEqual(['nurse'])
    expect(ids({ text: 'peeters', lastName: 'lemaire', firstName: 'anne-sophie' })).toEqual([])
    expect(ids({ text: 'anne-sophie', lastName: 'lemaire', place: '1150' })).toEqual(['gp'])
  })

  it('must be true of one role, not of two halves', () => {
    expect(ids('lemaire pharmacien liège')).toEqual(['both'])
    expect(ids('lemaire pharmacien 1200')).toEqual([])
  })

  it('puts the role that was asked for first', () => {
    expect(search('lemaire liège').rows[0]?.roles.map(({ place }) => place.nsi)).toEqual(['62063', '21018'])
    expect(search('lemaire 1200').rows[0]?.roles.map(({ place }) => place.nsi)).toEqual(['21018', '62063'])
  })

  it('can be a surname too: both readings are tried, the name first', () => {
    expect(ids('mons')).toEqual(['mons', 'in-mons'])
    expect(ids('claire mons')).toEqual(['mons'])
    expect(ids('arts')[0]).toBe('in-mons')
  })

  it('can be unfinished or misspelt', () => {
    expect(ids('lemaire anne-sophie auder')).toEqual(['nurse'])
    expect(ids('lemaire anne-sophie audergehm')).toEqual(['nurse'])
  })

  it('does not make strangers of a first name and half a place name', () => {
    expect(ids('anne-sophie woluwe')).toEqual([])
    expect(ids('anne-sophie woluwe-saint-pierre')).toEqual(['gp'])
    expect(ids({ firstName: 'anne-sophie', place: 'woluwe' })).toEqual(['gp'])
  })

  it('can stand without a name', () => {
    expect(ids('pharmacien mons')).toEqual(['in-mons'])
    expect(ids({ place: '1160' })).toEqual(['nurse'])
  })

  it('says how many there are elsewhere when there is nobody there', () => {
    expect(search('lemaire gent')).toEqual({ rows: [], total: 0, elsewhere: 3 })
    expect(search({ lastName: 'lemaire', place: 'nowhere-at-all' })).toEqual({ rows: [], total: 0 })
  })
})

describe('who is not found by name', () => {
  it('the deceased, the unlicensed, those who ended their practice', () => {
    expect(ids('lemaire')).not.toEqual(expect.arrayContaining(['dead']))
    for (const typed of ['lemaire odette', 'lemaire paul', 'lemaire rené', 'odette', 'rene'])
      expect(ids(typed)).toEqual([])
  })

  it('but by an exact identifier, and marked', () => {
    expect(search('18749704').rows).toMatchObject([{ personId: 'dead', deceased: true }])
    expect(search('1-23456-25-999').rows).toMatchObject([
      { personId: 'struck-off', roles: [{ active: false }] },
    ])
  })
})

describe('a role given up', () => {
  const halfRetired = sketchPerson('half', 'Maes, Lut', {
    postcode: '9000',
    nihii8: '18749704',
    moreRoles: [{ postcode: '1050', validUntilMs: NOW_MS - 1 }],
  })
  const some = createDirectoryIndex([halfRetired], NOW_MS)
  const rolesFor = (text: string) =>
    some
      .search({ text }, { limit: 1, offset: 0 })
      .rows[0]?.roles.map(({ place, active }) => [place.postcode, active])

  it('is not shown to who searches by name, and marked for who searches by number', () => {
    expect(rolesFor('maes lut')).toEqual([['9000', true]])
    expect(rolesFor('18749704')).toEqual([
      ['9000', true],
      ['1050', false],
    ])
  })
})

describe('identifiers', () => {
  it('are joined on the first eight digits', () => {
    for (const typed of ['10476295', '1-04762-95-004', '10476295527']) expect(ids(typed)).toEqual(['gp'])
    expect(index.byNihii8('10476295')?.personId).toBe('gp')
  })

  it('of the authentic source are found even if their check is wrong', () => {
    expect(ids('11111111')).toEqual(['bad-check'])
  })

  it('that are mistyped are refused with a reason', () => {
    expect(search('10476296')).toEqual({ rows: [], total: 0, refusal: 'nihii-checksum' })
    expect(search({ identifier: '12' })).toEqual({ rows: [], total: 0, refusal: 'identifier-format' })
    expect(search('0809394428').refusal).toBe('cbe-checksum')
  })

  it('of the nation find nobody', () => {
    expect(search('85.07.30-033.28')).toEqual({ rows: [], total: 0, refusal: 'ssin-not-searched' })
  })

  it('are not given away when two people share one', () => {
    const twins = createDirectoryIndex([
      sketchPerson('a', 'Maes, An', { nihii8: '10476295' }),
      sketchPerson('b', 'Maes, Bo', { nihii8: '10476295' }),
    ])
    expect(twins.byNihii8('10476295')).toBeUndefined()
    expect(twins.search({ text: '10476295' }, { limit: 5, offset: 0 }).total).toBe(2)
  })

  it('by HMAC of the SSIN give the person, and no row carries it', () => {
    expect(index.bySsinHmac('hmac-of-gp')?.personId).toBe('gp')
    expect(index.bySsinHmac('hmac-of-nobody')).toBeUndefined()
    for (const text of ['lemaire', '10476295', 'mons', 'woluwe']) {
      expect(JSON.stringify(search(text))).not.toMatch(/hmac|ssin/i)
    }
  })
})

describe('pages', () => {
  it('cut one order into parts, with the total on each', () => {
    const all = ids('lemaire')
    expect(all).toHaveLength(3)
    const pages = [0, 1, 2, 3].map((offset) => search('lemaire', 1, offset))
    expect(pages.flatMap(({ rows }) => rows.map(({ personId }) => personId))).toEqual(all)
    expect(pages.map(({ total }) => total)).toEqual([3, 3, 3, 3])
  })

  it('refuse what is out of bounds', () => {
    for (const [limit, offset] of [
      [0, 0],
      [101, 0],
      [1.5, 0],
      [Number.NaN, 0],
      [10, -1],
      [10, 10_001],
    ] as const) {
      expect(() => search('lemaire', limit, offset)).toThrow(
        expect.objectContaining({ code: 'paging-out-of-range' }),
      )
    }
  })
})

describe('an index', () => {
  it('of nobody finds nobody', () => {
    const empty = createDirectoryIndex([])
    expect(empty.search({ text: 'lemaire' }, { limit: 10, offset: 0 })).toEqual({ rows: [], total: 0 })
    expect(empty.person('gp')).toBeUndefined()
  })

  it('refuses two people with one id', () => {
    const person = sketchPerson('a', 'Maes, An')
    expect(() => createDirectoryIndex([person, person])).toThrow(
      expect.objectContaining({ code: 'duplicate-person' }),
    )
  })

  it('is the same whatever order people come in', () => {
    const reversed = createDirectoryIndex([...people].reverse(), NOW_MS)
    for (const text of ['lemaire', 'woluwe', 'mons']) {
      expect(reversed.search({ text }, { limit: 20, offset: 0 })).toEqual(search(text))
    }
  })
})
