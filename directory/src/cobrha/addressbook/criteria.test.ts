import { describe, expect, it } from 'vitest'
import {
  refusalOfIdentifiers,
  refusalOfOrganisations,
  refusalOfPaging,
  refusalOfProfessionals,
  refusalSentences,
} from './criteria.ts'

describe('what the acceptance service was seen to answer', () => {
  it.each([
    { lastName: 'JANSSENS', profession: 'NURSE' },
    { lastName: 'VAN DEN BERGHE*', profession: 'PHYSICIAN' },
    { lastName: 'JANSSENS', firstName: 'AN*', profession: 'NURSE' },
    { profession: 'DENTIST', zipCode: '1050' },
    { profession: 'DENTIST', city: 'Ixelles' },
    { nihii: '18749704' },
    { nihii: '18749704477' },
    { ssin: '82042605839' },
  ])('%j is answered', (criteria) => {
    expect(refusalOfProfessionals(criteria)).toBeUndefined()
  })

  it.each([
    { lastName: 'JANSSENS', zipCode: '1050', profession: 'NURSE' },
    { lastName: 'JANSSENS', city: 'Ixelles', profession: 'NURSE' },
    { lastName: 'JANSSENS', city: 'Ixelles' },
    { profession: 'NURSE' },
    { lastName: 'JANSSENS' },
    { lastName: 'JANSSENS', firstName: 'AN' },
    { zipCode: '1050' },
    { city: 'Ixelles' },
    { firstName: 'AN', profession: 'NURSE' },
    { firstName: 'AN' },
    { email: 'an@example.org' },
    { email: 'an@example.org', lastName: 'JANSSENS', profession: 'NURSE' },
    { nihii: '18749704', lastName: 'JANSSENS' },
    { ssin: '82042605839', profession: 'NURSE' },
    {},
  ])('%j is refused as a combination', (criteria) => {
    expect(refusalOfProfessionals(criteria)).toBe('criteria-combination')
    expect(refusalSentences['criteria-combination']).toBe(
      'This combination of search criteria is not supported.',
    )
  })

  it.each(['AUDICIEN', 'PRACTICALNURSE', 'OPTICIEN', 'LABO', 'nurse', 'WIZARD'])(
    'the profession %s is refused',
    (profession) => {
      expect(refusalOfProfessionals({ lastName: 'JANSSENS', profession })).toBe('criteria-profession')
    },
  )

  it.each([
    { nihii: '1874970' },
    { nihii: '1-87497-04-477' },
    { ssin: '82.04.26-058.39' },
    { lastName: '', profession: 'NURSE' },
    { lastName: '   ', profession: 'NURSE' },
    { lastName: 'J'.repeat(101), profession: 'NURSE' },
  ])('%j is not as the schema wants it', (criteria) => {
    expect(refusalOfProfessionals(criteria)).toBe('criteria-format')
  })

  it('takes one identifier and one way to say where', () => {
    expect(refusalOfProfessionals({ nihii: '18749704', ssin: '82042605839' })).toBe('criteria-choice')
    expect(refusalOfProfessionals({ profession: 'NURSE', zipCode: '1050', city: 'Ixelles' })).toBe(
      'criteria-choice',
    )
    expect(refusalOfIdentifiers({ nihii: '18749704', ssin: '82042605839' })).toBe('criteria-choice')
    expect(refusalOfIdentifiers({})).toBe('criteria-choice')
    expect(refusalOfIdentifiers({ cbe: '02000001' })).toBe('criteria-format')
    expect(refusalOfOrganisations({ cbe: '0200000142', ehp: '0200000142' })).toBe('criteria-choice')
    expect(refusalOfOrganisations({ email: 'an@example.org' })).toBe('criteria-combination')
    expect(refusalOfOrganisations({ institutionName: 'Pharmacie*', zipCode: '1200' })).toBeUndefined()
  })

  it.each([
    [{ offset: 0, maxElements: 100 }, undefined],
    [{ offset: 0, maxElements: 1 }, undefined],
    [{ offset: 0, maxElements: 101 }, 'criteria-max-elements'],
    [{ offset: 0, maxElements: 0 }, 'criteria-paging'],
    [{ offset: -1, maxElements: 100 }, 'criteria-paging'],
    [{ offset: 0.5, maxElements: 100 }, 'criteria-paging'],
    [{ offset: Number.NaN, maxElements: 100 }, 'criteria-paging'],
  ] as const)('pages of %j: %s', (paging, refusal) => {
    expect(refusalOfPaging(paging)).toBe(refusal)
  })
})
