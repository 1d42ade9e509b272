/**
 * What is being written, kept by the messenger after a short pause and whenever the conversation is left: a draft
 * survives everything. What was typed before the kept draft arrived wins over it.
 */
import type { ConversationId } from '@pli/client'
import { useCallback, useEffect, useRef, useState } from 'react'
import { useMessenger } from '../hooks/pli-context.tsx'

const PAUSE_MS = 400

export interface Draft {
  readonly text: string
  readonly write: (text: string) => void
  /** After sending: at once, so that what was sent never comes back as a draft. */
  readonly clear: () => void
}

export function useDraft(conversationId: ConversationId): Draft {
  const messenger = useMessenger()
  const [text, setText] = useState('')
  const unsaved = useRef<string | undefined>(undefined)
  const typed = useRef(false)
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)

  const save = useCallback(() => {
    clearTimeout(timer.current)
    const latest = unsaved.current
    if (latest === undefined) return
    unsaved.current = undefined
    // What cannot be kept stays on the screen; it is tried again at the next key.
    messenger.saveDraft(conversationId, latest).catch(() => {
      unsaved.current ??= latest
    })
  }, [messenger, conversationId])

  useEffect(() => {
    let alive = true
    messenger.draft(conversationId).then(
      (kept) => alive && !typed.current && setText(kept),
      () => undefined,
    )
    const saveWhenHidden = () => document.visibilityState === 'hidden' && save()
    document.addEventListener('visibilitychange', saveWhenHidden)
    return () => {
      alive = false
      document.removeEventListener('visibilitychange', saveWhenHidden)
      save()
    }
  }, [messenger, conversationId, save])

  const write = useCallback(
    (next: string) => {
      typed.current = true
      unsaved.current = next
      setText(next)
      clearTimeout(timer.current)
      timer.current = setTimeout(save, PAUSE_MS)
    },
    [save],
  )
  const clear = useCallback(() => {
    write('')
    save()
  }, [write, save])
  return { text, write, clear }
}
