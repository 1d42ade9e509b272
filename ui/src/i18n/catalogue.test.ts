import { describe, expect, it } from 'vitest'
import { languages, loadCatalogue } from './catalogue.ts'
import { errorSentence } from './error-sentence.ts'
import { makeFormats } from './formats.ts'
import { loadSpeech, preferredLanguage } from './translator.ts'

const catalogues = await Promise.all(
  languages.map(async (language) => ({ language, ...(await loadCatalogue(language)) })),
)
const french = catalogues[0]!
const placeholders = (text: string) => (text.match(/\{\{\w+\}\}/g) ?? []).sort()

describe.each(catalogues)('the words in $language', ({ language, words, titles }) => {
  it('are all there, and no more', () => {
    expect(Object.keys(words).sort()).toEqual(Object.keys(french.words).sort())
    expect(Object.keys(titles).sort()).toEqual(Object.keys(french.titles).sort())
    expect(Object.entries(words).filter(([, text]) => text.trim() === '')).toEqual([])
  })

  it('have the same placeholders as the French', () => {
    for (const [key, text] of Object.entries(words)) {
      expect(placeholders(text), key).toEqual(placeholders(french.words[key as keyof typeof words]))
    }
  })

  it('do not shout, and use the apostrophe of print', () => {
    for (const [key, text] of Object.entries(words)) expect(text, key).not.toMatch(/!|\w'\w/)
  })

  it('count people', async () => {
    const { t } = await loadSpeech(language)
    expect(t('search.found', { count: 1 })).toMatch(/^1 \p{L}+$/u)
    expect(t('search.found', { count: 7 })).toMatch(/^7 \p{L}+$/u)
    expect(t('search.found', { count: 7 })).not.toBe(t('search.found', { count: 1 }).replace('1', '7'))
  })

  it('show what the user wrote as it is, not as markup', async () => {
    const { t } = await loadSpeech(language)
    expect(t('inbox.foundNothing', { text: '<b>&' })).toContain('<b>&')
  })
})

describe('an error', () => {
  it('becomes a sentence by its code, though it crossed a worker as a plain object', async () => {
    const { t } = await loadSpeech('en')
    expect(errorSentence(t, { code: 'queue_full' })).toMatch(/mailbox is full.*kept here/)
  })

  it('of an unknown kind still says that nothing is lost', async () => {
    const { t } = await loadSpeech('en')
    for (const thrown of [new Error('x'), undefined, 'text', { code: 'from_the_future' }, { code: 4 }]) {
      expect(errorSentence(t, thrown)).toBe(t('error.unknown'))
    }
  })
})

describe('the language of a browser', () => {
  it('is the first that we speak, else French', () => {
    expect(preferredLanguage(['es-ES', 'nl-BE', 'en'])).toBe('nl')
    expect(preferredLanguage(['pt'])).toBe('fr')
    expect(preferredLanguage([])).toBe('fr')
  })
})

describe('durations', () => {
  const format = makeFormats('en')
  it('never promise less than there is to wait', () => {
    expect(format.duration(8 * 60_000 + 1)).toBe('9 mins')
    expect(format.duration(59_001)).toBe('60 secs')
    expect(format.duration(2 * 3_600_000)).toBe('2 hrs')
  })
  it('turn into hours without a gap', () => {
    expect(format.duration(59 * 60_000)).toBe('59 mins')
    expect(format.duration(60 * 60_000)).toBe('1 hr')
  })
})
