/**
 * A typed `t` over i18next: plural forms and interpolation are its; the keys are ours.
 * Not concerned with React (`language.tsx`).
 */
import type { Language } from '@pli/client'
import { createInstance } from 'i18next'
import { type Catalogue, loadCatalogue, localeOf, type MessageKey } from './catalogue.ts'
import { type Formats, makeFormats } from './formats.ts'

export type Values = Readonly<Record<string, string | number>>
export type Translate = (key: MessageKey, values?: Values) => string

export interface Speech {
  readonly language: Language
  readonly t: Translate
  /** What somebody with this CD-HCPARTY code is called, where that is narrower than the profession. */
  readonly titleOf: (cdHcparty: string) => string | undefined
  readonly format: Formats
}

/** Speaks a catalogue that is at hand. React escapes what is shown, so interpolation does not. */
export function makeSpeech(language: Language, catalogue: Catalogue): Speech {
  const instance = createInstance({
    lng: language,
    resources: { [language]: { pli: catalogue.words } },
    defaultNS: 'pli',
    ns: ['pli'],
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false },
    initAsync: false,
  })
  void instance.init()
  const translate = instance.getFixedT(language)
  return {
    language,
    t: (key, values) => translate(key, { ...values }),
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
