/**
 * How long there is still to answer. Red means that time is running; the words say how much.
 * Not concerned with the order of the inbox.
 */
import { useNow } from '../hooks/use-now.ts'
import { daysBetween } from '../i18n/formats.ts'
import { useSpeech } from '../i18n/language.tsx'
import type { Speech } from '../i18n/translator.ts'
import { Icon } from '../icons/icon.tsx'

const URGENT_MS = 15 * 60_000
const COUNTED_MS = 30 * 60_000
const SOON_MS = 90 * 60_000

export type Pressure = 'late' | 'urgent' | 'soon' | 'calm'

export function pressureOf(answerByMs: number, nowMs: number): Pressure {
  const leftMs = answerByMs - nowMs
  if (leftMs <= 0) return 'late'
  if (leftMs <= URGENT_MS) return 'urgent'
  return leftMs <= SOON_MS ? 'soon' : 'calm'
}

/** 11:30, tomorrow 09:00, or a date. */
export function deadlineTime({ t, format }: Speech, atMs: number, nowMs: number): string {
  const days = daysBetween(nowMs, atMs)
  if (days === 0) return format.time(atMs)
  if (days === 1) return t('time.tomorrow', { time: format.time(atMs) })
  return `${format.shortDate(atMs)} ${format.time(atMs)}`
}

export function dueWords(speech: Speech, answerByMs: number, nowMs: number): string {
  const leftMs = answerByMs - nowMs
  if (leftMs <= 0)
    return speech.t('due.late', { duration: speech.format.duration(Math.max(60_000, -leftMs)) })
  if (leftMs <= COUNTED_MS) return speech.t('due.left', { duration: speech.format.duration(leftMs) })
  return speech.t('due.before', { time: deadlineTime(speech, answerByMs, nowMs) })
}

export function Due({ answerByMs }: { answerByMs: number }) {
  const speech = useSpeech()
  const nowMs = useNow()
  const pressure = pressureOf(answerByMs, nowMs)
  return (
    <span className={pressure === 'calm' ? 'due' : `due due--${pressure}`}>
      <Icon name="clock" size="xs" />
      {dueWords(speech, answerByMs, nowMs)}
    </span>
  )
}
