import { expect, it } from 'vitest'
import { guarantorWords } from './use-guarantor-words.ts'
import type { GuarantorWord } from './words-fr.ts'

const placeholders = (text: string) => (text.match(/\{\{\w+\}\}/g) ?? []).sort()

it.each(Object.entries(guarantorWords))(
  'the words in %s have the placeholders of the French, and do not shout',
  (_language, words) => {
    expect(Object.keys(words).sort()).toEqual(Object.keys(guarantorWords.fr).sort())
    for (const [key, text] of Object.entries(words)) {
      expect(placeholders(text), key).toEqual(placeholders(guarantorWords.fr[key as GuarantorWord]))
      expect(text, key).not.toMatch(/!|\w'\w|^\s*$/)
    }
  },
)
