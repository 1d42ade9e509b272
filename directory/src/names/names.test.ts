import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isWithinOneEdit } from './edit-distance.ts'
import { fold, nameKey } from './fold.ts'
import { createKeyDictionary } from './key-dictionary.ts'
import { laterBeginnings } from './particles.ts'
import { phoneticKey } from './phonetic.ts'

describe('folding', () => {
  it.each([
    ['Émilie', 'emilie'],
    ['E\u0301milie', 'emilie'],
    ['Cœur', 'coeur'],
    ['Weiß', 'weiss'],
    ['Łukasz', 'lukasz'],
    ['Søren', 'soren'],
    ['Đorđe', 'dorde'],
    ['İpek Yılmaz', 'ipek yilmaz'],
    ['Ｃｌａｅｓ', 'claes'],
    ['Ĳsbrand', 'ijsbrand'],
  ])('%s → %s', (raw, folded) => {
    expect(fold(raw)).toBe(folded)
  })

  it('brings spaced, joined and apostrophised particles together', () => {
    const same = [
      ['Van den Berghe', 'Van Den Berghe', 'Vanden Berghe', 'Vandenberghe', 'VANDENBERGHE', 'van-den-berghe'],
      ['De Smet', 'Desmet', 'DE SMET'],
      ["D'Hondt", 'D’hondt', 'Dhondt', 'd hondt'],
      ["'t Jampens", 'T Jampens', 'Tjampens'],
    ]
    for (const spellings of same) expect(new Set(spellings.map(nameKey)).size).toBe(1)
  })

  it('is stable: folding twice changes nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (raw) => {
        expect(fold(fold(raw))).toBe(fold(raw))
      }),
    )
  })
})

describe('where else a name may begin', () => {
  it.each([
    ['Van den Berghe', ['denberghe', 'berghe']],
    ['Vandenberghe', ['berghe']],
    ['Oulad-Haddou', ['haddou']],
    ["D'Hondt", ['hondt']],
    ['Vanhoutte', ['houtte']],
    ['Denis', []],
    ['Vandam', []],
    ['Peeters', []],
  ])('%s → %j', (name, beginnings) => {
    expect(laterBeginnings(name)).toEqual(beginnings)
  })
})

describe('one edit', () => {
  it.each([
    ['claes', 'claes'],
    ['claes', 'claeys'],
    ['claeys', 'claes'],
    ['lemaire', 'lemiare'],
    ['janssens', 'jansens'],
    ['peeters', 'peetars'],
    ['abcde', 'bacde'],
    ['abcde', 'abced'],
  ])('%s ~ %s', (a, b) => {
    expect(isWithinOneEdit(a, b)).toBe(true)
  })

  it.each([
    ['claes', 'claessens'],
    ['lemaire', 'lamiare'],
    ['abcd', 'badc'],
    ['abcde', 'cbade'],
  ])('%s ≁ %s', (a, b) => {
    expect(isWithinOneEdit(a, b)).toBe(false)
  })

  it('is found by the dictionary wherever in the word it happens', () => {
    const alphabet = [...'abn']
    const word = fc
      .array(fc.constantFrom(...alphabet), { minLength: 4, maxLength: 8 })
      .map((letters) => letters.join(''))
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 60 }), word, (words, typed) => {
        const dictionary = createKeyDictionary(words)
        const expected = dictionary.keys.filter((key) => key !== typed && isWithinOneEdit(key, typed))
        expect(dictionary.findNear(typed).map((at) => dictionary.keys[at])).toEqual(expected)
      }),
      { numRuns: 500 },
    )
  })
})

describe('the key dictionary', () => {
  it('finds whole keys and beginnings, and nothing else', () => {
    const dictionary = createKeyDictionary(['maes', 'peeters', 'peet', 'pee', 'peeters', 'pieters'])
    const startingWith = (prefix: string) => dictionary.keys.slice(...dictionary.prefixRange(prefix))
    expect(dictionary.keys).toEqual(['maes', 'pee', 'peet', 'peeters', 'pieters'])
    expect(dictionary.find('peet')).toBe(2)
    expect(dictionary.find('peete')).toBe(-1)
    expect(startingWith('pee')).toEqual(['pee', 'peet', 'peeters'])
    expect(startingWith('x')).toEqual([])
    expect(startingWith('')).toHaveLength(5)
  })
})

describe('sound', () => {
  it.each([
    ['Dupont', 'Dupond'],
    ['Claes', 'Klaas'],
    ['Claeys', 'Claes'],
    ['Meyer', 'Meijer'],
    ['Meyer', 'Maier'],
    ['Janssens', 'Jansen'],
    ['Philippe', 'Filip'],
    ['Peeters', 'Peters'],
    ['Vandenbossche', 'Vandenbosse'],
    ['Michiels', 'Michel'],
    ["D'Hondt", 'Dhont'],
    ['Lemaître', 'Lemetre'],
    ['Renaud', 'Reno'],
    ['Lemaire', 'Lambert', false],
    ['Peeters', 'Maes', false],
  ])('%s and %s', (a, b, same = true) => {
    expect(phoneticKey(nameKey(a)) === phoneticKey(nameKey(b))).toBe(same)
  })

  it('survives any key', () => {
    fc.assert(
      fc.property(fc.string(), (raw) => {
        expect(phoneticKey(nameKey(raw))).toMatch(/^[A-Za-z]*$/)
      }),
    )
  })
})
