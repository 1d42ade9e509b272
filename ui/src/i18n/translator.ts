/**
 * A typed `t` over the catalogues: `{{name}}` is filled in, `_one` and `_other` are chosen by `count` (ECMA-402 plural
 * rules). That is all we use of a translation library, and the first load has no room for the rest of one.
 * Not concerned with React (`language.tsx`).
 */
import type { Language } from '@pli/client'
import { type Catalogue, loadCatalogue, localeOf, type MessageKey } from './catalogue.ts'
import { type Formats, makeFormats } from './formats.ts'

export type Values = Readonly<Record<string, string | number>>
export type Translate = (key: MessageKey, values?: Values) => string

const PLACEHOLDER = /\{\{(\w+)\}\}/g

export interface Speech {
  readonly language: Language
  readonly t: Translate
  /** What somebody with this CD-HCPARTY code is called, where that is narrower than the profession. */
  readonly titleOf: (cdHcparty: string) => string | undefined
  readonly format: Formats
}

/** Speaks a catalogue that is at hand. A key without words answers itself, so that a gap is seen and nothing breaks. */
export function makeSpeech(language: Language, catalogue: Catalogue): Speech {
  const words: Readonly<Record<string, string | undefined>> = catalogue.words
  const plural = new Intl.PluralRules(localeOf[language])
  const findWords = (key: string, count: unknown): string | undefined => {
    if (typeof count !== 'number') return words[key]
    // French counts millions apart; our sentences do not.
    return words[`${key}_${plural.select(count)}`] ?? words[`${key}_other`] ?? words[key]
  }
  return {
    language,
    t: (key, values = {}) =>
      (findWords(key, values.count) ?? key).replace(PLACEHOLDER, (_, name) => String(values[name] ?? '')),
    titleOf: (cdHcparty) => catalogue.titles[cdHcparty],
    format: makeFormats(language),
  }
}

export async function loadSpeech(language: Language): Promise<Speech> {
  return makeSpeech(language, await loadCatalogue(language))
}

/** The first of the person's languages that we speak; French otherwise. */
export function preferredLanguage(tags: readonly string[]): Language {
  for (const tag of tags) {
    const base = tag.slice(0, 2).toLowerCase()
    if (base in localeOf) return base as Language
  }
  return 'fr'
}
