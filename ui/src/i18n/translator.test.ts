import { describe, expect, it } from 'vitest'
import type { MessageKey } from './catalogue.ts'
import { catalogue as french } from './fr.ts'
import { catalogue as dutch } from './nl.ts'
import { makeSpeech } from './translator.ts'

describe('speaking a catalogue', () => {
  const { t } = makeSpeech('fr', french)
  it('counts as the language does: in French nought is singular, in Dutch it is not', () => {
    expect(t('search.found', { count: 0 })).toBe('0 personne')
    expect(t('search.found', { count: 2 })).toBe('2 personnes')
    expect(t('search.found', { count: 1_000_000 })).toBe('1000000 personnes')
    expect(makeSpeech('nl', dutch).t('search.found', { count: 0 })).toMatch(/^0 personen$/)
  })
  it('fills in what it is given as it stands', () => {
    expect(t('person.doctor', { name: '<b> {{x}} $&' })).toBe('Dr <b> {{x}} $&')
  })
  it('answers a key without words with the key', () => {
    expect(t('no.such.key' as MessageKey)).toBe('no.such.key')
  })
})
