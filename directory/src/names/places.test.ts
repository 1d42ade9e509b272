import { describe, expect, it } from 'vitest'
import { belgianPlaces } from './places.ts'

const places = belgianPlaces()
const nsisOf = (typed: string): string[] => [...(places.find(typed)?.nsis ?? [])]

describe('places', () => {
  it.each([
    [
      '21004',
      [
        'Brussel',
        'Bruxelles',
        'Brüssel',
        'BRUSSELS',
        'bruxelles-ville',
        'Bxl',
        '1000',
        '1020',
        'Laeken',
        'Laken',
      ],
    ],
    ['62063', ['Luik', 'Liège', 'Liege', 'Lüttich', '4000', '62063']],
    ['53053', ['Mons', 'Bergen', '7000']],
    ['21009', ['Ixelles', 'Elsene', '1050', '1050 Ixelles', 'Ixelles 1050']],
    [
      '21018',
      ['Woluwe-Saint-Lambert', 'Woluwe St Lambert', 'Sint-Lambrechts-Woluwe', 'st lambrechts woluwe', '1200'],
    ],
    ['44021', ['Gent', 'Gand', 'Ghent']],
    ['25121', ['LLN', 'Louvain-la-Neuve', 'Ottignies']],
  ])('map to NSI %s in every language', (nsi, spellings) => {
    for (const spelling of spellings) expect(nsisOf(spelling)).toEqual([nsi])
  })

  it('mean the municipality, not a hamlet of that name elsewhere', () => {
    expect(nsisOf('Hamme')).toEqual(['42008'])
  })

  it('keep apart two municipalities of one name, by giving both', () => {
    expect(nsisOf('Saint-Nicolas').sort()).toEqual(['46021', '62093'])
  })

  it('take the first words, a beginning, and one slip, and say which it was', () => {
    expect(places.find('woluwe')?.kind).toBe('word')
    expect(nsisOf('woluwe').sort()).toEqual(['21018', '21019', '23094'])
    expect(places.find('ixel')).toMatchObject({ kind: 'prefix' })
    expect(nsisOf('ixel')).toEqual(['21009'])
    expect(places.find('ixeles')).toMatchObject({ kind: 'near' })
    expect(nsisOf('ixeles')).toEqual(['21009'])
  })

  it('do not take an article, a saint or nonsense for a place', () => {
    for (const typed of ['', '  ', 'la', 'saint', 'ix', 'xyzzyqq', '0000', '99999', '🏥']) {
      expect(places.find(typed)?.kind === 'exact' || places.find(typed)?.kind === 'word').toBe(false)
    }
    expect(places.find('xyzzyqq')).toBeUndefined()
  })

  it('give the municipality of a postcode in its languages', () => {
    expect(places.locationOf('1150')).toEqual({
      postcode: '1150',
      nsi: '21019',
      nl: 'Sint-Pieters-Woluwe',
      fr: 'Woluwe-Saint-Pierre',
    })
    expect(places.locationOf('4000')).toMatchObject({ de: 'Lüttich' })
    expect(places.locationOf('0000')).toBeUndefined()
  })
})
