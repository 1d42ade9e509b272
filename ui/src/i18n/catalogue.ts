/**
 * What a language must bring: the words of `fr.ts`, and what people are called.
 * Not concerned with choosing a language, nor with loading it (`language.tsx`).
 */
import type { Language } from '@pli/client'
import type { words } from './fr.ts'

type CatalogueKey = keyof typeof words
type Stem<K> = K extends `${infer S}_one` | `${infer S}_other` ? S : K

/** What `t` is asked for; a plural is asked for by its stem, with `count`. */
export type MessageKey = Stem<CatalogueKey>
export type Words = Readonly<Record<CatalogueKey, string>>

export interface Catalogue {
  readonly words: Words
  /** By CD-HCPARTY code, where narrower than the profession. */
  readonly titles: Readonly<Record<string, string>>
}

export const languages: readonly Language[] = ['fr', 'nl', 'en', 'de']

/** The locale that dates, numbers and durations follow. */
export const localeOf: Readonly<Record<Language, string>> = {
  fr: 'fr-BE',
  nl: 'nl-BE',
  en: 'en-GB',
  de: 'de-BE',
}

const loaders: Readonly<Record<Language, () => Promise<{ catalogue: Catalogue }>>> = {
  fr: () => import('./fr.ts'),
  nl: () => import('./nl.ts'),
  en: () => import('./en.ts'),
  de: () => import('./de.ts'),
}

/** One language is fetched, not four: each is a chunk of its own. */
export async function loadCatalogue(language: Language): Promise<Catalogue> {
  const { catalogue } = await loaders[language]()
  return catalogue
}
