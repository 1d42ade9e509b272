import type { DirectoryPerson } from '@pli/protocol/wire'
import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, it } from 'vitest'
import { loadSpeech } from '../i18n/translator.ts'
import { Highlight } from './highlight.tsx'
import { fullName, personLine, writeNihii } from './person-facts.ts'
import { queryOf } from './use-people-search.ts'

const drawn = (text: string, typed: string) => renderToStaticMarkup(<Highlight text={text} typed={typed} />)

describe('what was typed', () => {
  it('is underlined where a word begins with it, particles as one', () => {
    expect(drawn('Nathalie Van den Berghe', 'van den b')).toBe('Nathalie <mark>Van den B</mark>erghe')
    expect(drawn('Woluwe-Saint-Lambert', 'lambert')).toBe('Woluwe-Saint-<mark>Lambert</mark>')
  })
  it('is found whatever its accents and case', () => {
    expect(drawn('Océane Liège', 'LIEGE oc')).toBe('<mark>Oc</mark>éane <mark>Liège</mark>')
  })
  it('is not underlined in the middle of a word', () => {
    expect(drawn('Annelies Lemaire', 'maire')).toBe('Annelies Lemaire')
  })
  it('cannot bring markup in', () => {
    expect(drawn('<img onerror=x>', 'img')).toBe('&lt;<mark>img</mark> onerror=x&gt;')
  })
})

describe('a person', () => {
  const role = {
    roleId: 'r',
    profession: 'PHYSICIAN' as const,
    cdHcparty: 'perscardiologist',
    organisation: 'Cliniques Sainte-Aldegonde',
    place: { postcode: '1050', nsi: '21009', fr: 'Ixelles', nl: 'Elsene' },
    active: true,
  }
  const left = { ...role, roleId: 'old', cdHcparty: 'persgeriatrist', active: false }
  const person = {
    personId: 'p',
    firstName: 'Pierre',
    lastName: 'Maes',
    deceased: false,
    roles: [left, role],
  } as unknown as DirectoryPerson

  it('is named by the role that may be practised, in the reader’s language', async () => {
    expect(personLine(await loadSpeech('fr'), person)).toBe(
      'Cardiologue · Cliniques Sainte-Aldegonde, Ixelles',
    )
    expect(personLine(await loadSpeech('nl'), person)).toBe('Cardioloog · Cliniques Sainte-Aldegonde, Elsene')
    expect(fullName(await loadSpeech('nl'), person)).toBe('Dr. Pierre Maes')
  })
  it('without a role is not given a profession', async () => {
    const nobody = { ...person, roles: [] }
    expect(personLine(await loadSpeech('en'), nobody)).toBe('Profession not verified')
    expect(fullName(await loadSpeech('en'), nobody)).toBe('Pierre Maes')
  })
  it('has a number written as the register writes it', () => {
    expect(writeNihii('10004762')).toBe('1-00047-62')
  })
})

describe('a search', () => {
  it('is not asked before there is something to ask', () => {
    expect(queryOf(' l', '', {})).toBeUndefined()
    expect(queryOf('', 'Mons', {})).toEqual({ place: 'Mons', limit: 20 })
    expect(queryOf('le ', ' mons', { profession: 'NURSE' })).toEqual({
      q: 'le',
      place: 'mons',
      profession: 'NURSE',
      limit: 20,
    })
  })
})
