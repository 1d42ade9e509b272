/**
 * What is being written, as the fields show it. It is there again after a reload, a lock or another conversation; what
 * was typed before the kept draft arrived wins over it. Not concerned with when it is kept (`draft-keeper.ts`).
 */
import type { ConversationId, Draft, Quote } from '@pli/client'
import { useCallback, useEffect, useRef, useState } from 'react'
import { useMessenger } from '../hooks/pli-context.tsx'
import { draftKeeper } from './draft-keeper.ts'

export interface Writing {
  readonly text: string
  readonly patientTag: string
  readonly answerByMs: number | undefined
  readonly quote: Quote | undefined
  readonly photo: File | undefined
}

export interface EditedDraft {
  readonly writing: Writing
  readonly change: (part: Partial<Writing>) => void
  /** `work` sends what is written; the fields are empty once it succeeded. */
  readonly send: (work: () => Promise<unknown>) => Promise<void>
}

const nothing: Writing = {
  text: '',
  patientTag: '',
  answerByMs: undefined,
  quote: undefined,
  photo: undefined,
}

/** To be mounted anew for every conversation. */
export function useDraft(conversationId: ConversationId): EditedDraft {
  const messenger = useMessenger()
  const keeper = draftKeeper(messenger, conversationId)
  const [writing, setWriting] = useState<Writing>(nothing)
  const latest = useRef(writing)
  const touched = useRef<Partial<Writing>>({})
  const arrived = useRef(false)

  const show = useCallback((next: Writing) => {
    latest.current = next
    setWriting(next)
  }, [])
  const change = useCallback(
    (part: Partial<Writing>) => {
      show({ ...latest.current, ...part })
      if ('photo' in part) keeper.setPhoto(part.photo)
      if (arrived.current) keeper.write(draftOf(latest.current))
      else touched.current = { ...touched.current, ...part }
    },
    [keeper, show],
  )
  useEffect(() => {
    let alive = true
    const arrive = ([kept, photo]: [Draft | undefined, File | undefined]) => {
      const whole = {
        ...latest.current,
        ...(kept && writingOf(kept, Date.now())),
        photo,
        ...touched.current,
      }
      // Also when the conversation was left meanwhile: what was typed is not lost on the way.
      if (Object.keys(touched.current).length > 0) keeper.write(draftOf(whole))
      if (!alive) return
      touched.current = {}
      arrived.current = true
      show(whole)
    }
    const none = () => undefined
    void Promise.all([keeper.read().catch(none), keeper.readPhoto().catch(none)]).then(arrive)
    return () => {
      alive = false
      void keeper.keep()
    }
  }, [keeper, show])
  const send = useCallback(
    async (work: () => Promise<unknown>) => {
      await keeper.send(work)
      show(nothing)
    },
    [keeper, show],
  )
  return { writing, change, send }
}

function draftOf({ text, patientTag, answerByMs, quote }: Writing): Draft {
  return {
    text,
    ...(patientTag && { patientTag }),
    ...(answerByMs !== undefined && { answerByMs }),
    ...(quote && { quote }),
  }
}

/** A time that has passed meanwhile asks nothing of anybody. */
function writingOf({ text, patientTag = '', answerByMs, quote }: Draft, nowMs: number): Partial<Writing> {
  const ahead = answerByMs !== undefined && answerByMs > nowMs
  return { text, patientTag, answerByMs: ahead ? answerByMs : undefined, quote }
}
