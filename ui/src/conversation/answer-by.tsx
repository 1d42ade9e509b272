/** Until when the patient can wait: a few moments that a counter or a bedside knows, not a calendar. */
import { useId } from 'react'
import { useNow } from '../hooks/use-now.ts'
import { useSpeech } from '../i18n/language.tsx'
import type { Speech } from '../i18n/translator.ts'

const MINUTE_MS = 60_000
const WAITS_MINUTES = [10, 30, 60, 120, 240]
const EVENING_HOUR = 18
const MORNING_HOUR = 9

export interface Moment {
  atMs: number
  words: string
}

/** Rounded to whole minutes, so that both sides read the same time. */
export function answerByMoments({ t, format }: Speech, nowMs: number): Moment[] {
  const minute = Math.ceil(nowMs / MINUTE_MS) * MINUTE_MS
  const moments = WAITS_MINUTES.map((wait) => {
    const atMs = minute + wait * MINUTE_MS
    const duration = format.duration(wait * MINUTE_MS)
    return { atMs, words: t('composer.answerByIn', { duration, time: format.time(atMs) }) }
  })
  const evening = new Date(nowMs).setHours(EVENING_HOUR, 0, 0, 0)
  if (evening - nowMs > 60 * MINUTE_MS) {
    moments.push({ atMs: evening, words: t('composer.answerByEvening', { time: format.time(evening) }) })
  }
  const tomorrow = new Date(nowMs)
  tomorrow.setDate(tomorrow.getDate() + 1)
  const morning = tomorrow.setHours(MORNING_HOUR, 0, 0, 0)
  moments.push({ atMs: morning, words: t('composer.answerByTomorrow', { time: format.time(morning) }) })
  return moments
}

export function AnswerByField(props: {
  value: number | undefined
  onChange: (atMs: number | undefined) => void
}) {
  const speech = useSpeech()
  const id = useId()
  const moments = answerByMoments(speech, useNow(60_000))
  const { value } = props
  const chosen = value !== undefined && !moments.some((moment) => moment.atMs === value)
  return (
    <div className="field">
      <label className="field__label" htmlFor={id}>
        {speech.t('composer.answerBy')}
      </label>
      <select
        id={id}
        className="input"
        value={value ?? ''}
        onChange={(event) => props.onChange(event.target.value ? Number(event.target.value) : undefined)}
      >
        <option value="">{speech.t('composer.answerByNone')}</option>
        {chosen && <option value={value}>{speech.format.time(value)}</option>}
        {moments.map((moment) => (
          <option key={moment.atMs} value={moment.atMs}>
            {moment.words}
          </option>
        ))}
      </select>
    </div>
  )
}
