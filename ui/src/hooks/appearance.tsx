/**
 * Language and theme: chosen before an account is open, kept by the browser so that the first paint is right, and
 * led by the account's settings once one is open. Neither says anything about a person.
 */
import type { Language, Settings, Theme } from '@pli/client'
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react'
import { languages } from '../i18n/catalogue.ts'
import { LanguageProvider } from '../i18n/language.tsx'
import { preferredLanguage } from '../i18n/translator.ts'

const LANGUAGE_KEY = 'pli.language'
const THEME_KEY = 'pli.theme'

export interface Appearance {
  language: Language
  theme: Theme
  setLanguage(language: Language): void
  setTheme(theme: Theme): void
}

const AppearanceContext = createContext<Appearance | undefined>(undefined)

/** A browser that keeps nothing (private mode, storage blocked) still works: it forgets the choice, no more. */
function recall(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined
  } catch {
    return undefined
  }
}

function keep(key: string, value: string) {
  try {
    localStorage.setItem(key, value)
  } catch {
    // See `recall`.
  }
}

function recalledLanguage(): Language {
  const kept = recall(LANGUAGE_KEY)
  return languages.find((each) => each === kept) ?? preferredLanguage(navigator.languages)
}

function recalledTheme(): Theme {
  const kept = recall(THEME_KEY)
  return kept === 'light' || kept === 'dark' ? kept : 'system'
}

export function applyTheme(theme: Theme) {
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}

export function AppearanceProvider(props: { children: ReactNode }) {
  const [language, chooseLanguage] = useState(recalledLanguage)
  const [theme, chooseTheme] = useState(recalledTheme)
  useEffect(() => applyTheme(theme), [theme])
  const setLanguage = useCallback((next: Language) => {
    keep(LANGUAGE_KEY, next)
    chooseLanguage(next)
  }, [])
  const setTheme = useCallback((next: Theme) => {
    keep(THEME_KEY, next)
    chooseTheme(next)
  }, [])
  const value = useMemo(
    () => ({ language, theme, setLanguage, setTheme }),
    [language, theme, setLanguage, setTheme],
  )
  return (
    <AppearanceContext value={value}>
      <LanguageProvider language={language}>{props.children}</LanguageProvider>
    </AppearanceContext>
  )
}

export function useAppearance(): Appearance {
  const appearance = useContext(AppearanceContext)
  if (!appearance) throw new Error('no appearance above this component')
  return appearance
}

/** An account's own choice leads while it is open. */
export function useAppearanceOf(settings: Settings | undefined) {
  const { setLanguage, setTheme } = useAppearance()
  useEffect(() => {
    if (settings) setLanguage(settings.language)
  }, [settings?.language, settings, setLanguage])
  useEffect(() => {
    if (settings) setTheme(settings.theme)
  }, [settings?.theme, settings, setTheme])
}
