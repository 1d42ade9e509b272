/** `t` over the words of these screens alone. They come with the screens: see `words-fr.ts`. */
import type { Language } from '@pli/client'
import { useSpeech } from '../i18n/language.tsx'
import type { Values } from '../i18n/translator.ts'
import { words as de } from './words-de.ts'
import { words as en } from './words-en.ts'
import { words as fr, type GuarantorWord } from './words-fr.ts'
import { words as nl } from './words-nl.ts'

export const guarantorWords: Readonly<Record<Language, Readonly<Record<GuarantorWord, string>>>> = {
  ...{ fr, nl, en, de },
}

const PLACEHOLDER = /\{\{(\w+)\}\}/g

export type SayGuarantor = (key: GuarantorWord, values?: Values) => string

export function useGuarantorWords(): SayGuarantor {
  const { language } = useSpeech()
  const words = guarantorWords[language]
  return (key, values = {}) => words[key].replace(PLACEHOLDER, (_, name) => String(values[name] ?? ''))
}
