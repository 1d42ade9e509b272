/**
 * Which language is spoken, for every component below. The document's `lang` follows it.
 * Not concerned with where the choice is kept (the messenger's settings, or the app before an account is open).
 */
import type { Language } from '@pli/client'
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react'
import { loadSpeech, type Speech } from './translator.ts'

const TRY_AGAIN_MS = 3000

const SpeechContext = createContext<Speech | undefined>(undefined)

/** Keeps the former language until the next one is there. Renders nothing until the first is. */
export function LanguageProvider(props: { language: Language; children: ReactNode }) {
  const [speech, setSpeech] = useState<Speech>()
  useEffect(() => {
    let wanted = true
    const use = (loaded: Speech) => {
      if (!wanted) return
      document.documentElement.lang = loaded.language
      setSpeech(loaded)
    }
    let timer: ReturnType<typeof setTimeout> | undefined
    // Offline, a language that was never fetched cannot come yet: the former one stays meanwhile.
    const load = () => {
      loadSpeech(props.language).then(use, () => {
        if (wanted) timer = setTimeout(load, TRY_AGAIN_MS)
      })
    }
    load()
    return () => {
      wanted = false
      clearTimeout(timer)
    }
  }, [props.language])
  if (!speech) return null
  return <SpeechContext value={speech}>{props.children}</SpeechContext>
}

export function useSpeech(): Speech {
  const speech = useContext(SpeechContext)
  if (!speech) throw new Error('no language above this component')
  return speech
}
