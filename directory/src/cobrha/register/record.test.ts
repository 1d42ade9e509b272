import { describe, expect, it } from 'vitest'
import { readRecord } from './record.ts'

const lookUp = (ssin: string): string => `looked-up-${ssin.length}`
const address = {
  zipCode: '1200',
  nsiCode: '21018',
  nl: 'Sint-Lambrechts-Woluwe',
  fr: 'Woluwe-Saint-Lambert',
}
const practice = {
  id: 'p1_1',
  discipline: 'NURSE',
  cdHcparty: 'persnurse',
  licenseToPractice: true,
  from: '2015-01-01',
  address,
}
const record = {
  id: 'p1',
  version: '7',
  ssin: '84031296275',
  lastName: 'D’Hondt-Van den Berghe',
  firstName: 'Zoë',
  language: 'FR',
  deceased: false,
  practices: [practice],
}

describe('a record of the register', () => {
  it('becomes a person without an SSIN', () => {
    expect(readRecord(record, lookUp)).toEqual({
      kind: 'person',
      refusedRoles: [],
      person: {
        personId: 'p1',
        ssinHmac: 'looked-up-11',
        lastName: 'D’Hondt-Van den Berghe',
        firstName: 'Zoë',
        language: 'fr',
        deceased: false,
        roles: [
          {
            roleId: 'p1_1',
            profession: 'NURSE',
            cdHcparty: 'persnurse',
            licenceToPractise: true,
            validFromMs: Date.UTC(2015, 0, 1),
            source: 'cobrha',
            sourceVersion: '7',
            location: {
              postcode: '1200',
              nsi: '21018',
              nl: 'Sint-Lambrechts-Woluwe',
              fr: 'Woluwe-Saint-Lambert',
            },
          },
        ],
      },
    })
  })

  it('is never refused for a wrong check, nor for a code that nobody knows', () => {
    const odd = { ...practice, nihii: '18749705477', cdHcparty: 'persemergencyphycisian' }
    expect(readRecord({ ...record, ssin: '84031296276', practices: [odd] }, lookUp)).toMatchObject({
      kind: 'person',
      person: { roles: [{ nihii8: '18749705', checksumValid: false, cdHcparty: 'persemergencyphycisian' }] },
    })
  })

  it.each([
    ['row-unreadable', undefined],
    ['row-unreadable', 'text'],
    ['row-unreadable', { ...record, version: '' }],
    ['identifier-unusable', { ...record, id: '../etc' }],
    ['identifier-unusable', { ...record, id: undefined }],
    ['name-unusable', { ...record, lastName: '' }],
    ['name-unusable', { ...record, lastName: 'x'.repeat(201) }],
    ['name-unusable', { ...record, lastName: 'Janssens\u202Egnp' }],
    ['name-unusable', { ...record, firstName: 'An\u0000' }],
    ['role-missing', { ...record, practices: [] }],
    ['role-missing', { ...record, practices: Array(51).fill(practice) }],
    ['profession-unknown', { ...record, practices: [{ ...practice, discipline: 'PRACTICALNURSE' }] }],
    [
      'place-unusable',
      { ...record, practices: [{ ...practice, address: { ...address, zipCode: 'B-1200' } }] },
    ],
    ['place-unusable', { ...record, practices: [{ ...practice, address: undefined }] }],
    ['row-unreadable', { ...record, practices: [{ ...practice, licenseToPractice: 'yes' }] }],
  ])('is set aside as %s', (reason, spoiled) => {
    expect(readRecord(spoiled, lookUp)).toMatchObject({ kind: 'quarantined', reason })
  })

  it('says whom a quarantined row is about, if that can be read', () => {
    expect(readRecord({ ...record, lastName: '' }, lookUp)).toMatchObject({ personId: 'p1' })
    expect(readRecord({ ...record, id: 7 }, lookUp)).not.toHaveProperty('personId')
  })

  it('keeps the roles that can be used and counts the others', () => {
    const practices = [{ ...practice, discipline: 'OPTICIEN' }, practice, { ...practice, address: {} }]
    expect(readRecord({ ...record, practices }, lookUp)).toMatchObject({
      kind: 'person',
      person: { roles: [{ roleId: 'p1_1' }] },
      refusedRoles: ['profession-unknown', 'place-unusable'],
    })
  })
})
