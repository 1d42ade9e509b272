import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { generateSandbox } from '../sandbox/generate.ts'
import { createDirectoryIndex } from './directory-index.ts'

const index = createDirectoryIndex(generateSandbox({ seed: 3, people: 2_000 }).people)
const search = (text: string) => index.search({ text }, { limit: 20, offset: 0 })

describe('hostile and empty questions', () => {
  it.each([
    '',
    ' ',
    '-',
    "'",
    '…',
    '%',
    '*',
    '.*',
    '(',
    '\\',
    '\u0000',
    '🏥',
    'ﷺﷺﷺ',
    "' OR 1=1 --",
    '__proto__',
    'constructor',
  ])('%j finds nobody and breaks nothing', (text) => expect(search(text)).toEqual({ rows: [], total: 0 }))

  it('are refused when they are too long, in any field', () => {
    const long = 'a'.repeat(121)
    for (const query of [
      { text: long },
      { lastName: long },
      { firstName: long },
      { place: long },
      { identifier: long },
    ]) {
      expect(() => index.search(query, { limit: 1, offset: 0 })).toThrow(
        expect.objectContaining({ code: 'query-too-long' }),
      )
    }
    expect(search('a'.repeat(120)).total).toBe(0)
  })

  it('do not repeat the question in an error', () => {
    expect(() => search('lemaire '.repeat(20))).not.toThrow(/lemaire/)
  })

  it('leave the next question alone', () => {
    const before = search('lemaire')
    search('de van le la el an ma jo be pe')
    expect(search('lemaire')).toEqual(before)
  })

  it('of any kind give a page no longer than its limit, sorted into real people', () => {
    const word = fc.constantFrom(
      'saint',
      'van',
      'de',
      'woluwe',
      'lemaire',
      'médecin',
      '1150',
      'mons',
      'a',
      'dr',
      'x',
      'anne',
    )
    const text = fc.oneof(
      fc.array(word, { maxLength: 16 }).map((words) => words.join(' ').slice(0, 120)),
      fc.string({ unit: 'grapheme', maxLength: 30 }),
    )
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 5 }), (typed, limit) => {
        const { rows, total } = index.search({ text: typed.slice(0, 120) }, { limit, offset: 0 })
        expect(rows.length).toBe(Math.min(limit, total))
        for (const row of rows) {
          expect(index.person(row.personId)?.lastName).toBe(row.lastName)
          expect(row.roles.length).toBeGreaterThan(0)
        }
      }),
    )
  })
})
