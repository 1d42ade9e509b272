import { describe, expect, it } from 'vitest'
import { cdHcpartyTable, titleOf } from './cd-hcparty.ts'
import { professionWords } from './profession-words.ts'
import {
  cdHcpartyOfProfession,
  professionCodes,
  professionNames,
  professionOfCdHcparty,
} from './professions.ts'

describe('professions', () => {
  it('have a name in four languages and codes of the federal table', () => {
    expect(cdHcpartyTable().size).toBe(241)
    for (const profession of professionCodes) {
      for (const name of Object.values(professionNames[profession])) expect(name).not.toBe('')
      for (const code of cdHcpartyOfProfession[profession]) {
        expect(cdHcpartyTable().has(code), code).toBe(true)
        expect(professionOfCdHcparty(code)).toBe(profession)
      }
    }
  })

  it('keep misspelt codes as they are, and know no profession for codes outside the AddressBook', () => {
    expect(professionOfCdHcparty('persclinialhematologist')).toBe('PHYSICIAN')
    expect(professionOfCdHcparty('orgpharmacy')).toBeUndefined()
    expect(professionOfCdHcparty('perspracticalnurse')).toBeUndefined()
  })

  it('are titled as people say', () => {
    expect(titleOf('persgeneralphysician', 'nl')).toBe('huisarts')
    expect(titleOf('persmidwife', 'fr')).toBe('sage-femme')
    expect(titleOf('unknown', 'fr')).toBe('unknown')
  })

  it.each([
    ['medecin', 'PHYSICIAN', undefined],
    ['huisarts', 'PHYSICIAN', 'persgeneralphysician'],
    ['pharmacienne', 'PHARMACIST', undefined],
    ['apotheker', 'PHARMACIST', undefined],
    ['ziekenhuisapotheker', 'PHARMACIST', 'pershospitalpharmacist'],
    ['infirmiere', 'NURSE', undefined],
    ['verpleegkundige', 'NURSE', undefined],
    ['sagefemme', 'MIDWIFE', undefined],
    ['kine', 'PHYSIOTHERAPIST', undefined],
    ['orl', 'PHYSICIAN', 'persotolaryngologist'],
  ])('understand %s', (word, profession, cdHcparty) => {
    expect(professionWords().get(word)).toEqual(
      cdHcparty === undefined ? { profession } : { profession, cdHcparty },
    )
  })
})
