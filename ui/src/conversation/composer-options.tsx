/** What a message may carry besides its words: whom it is about, and until when an answer can wait. */
import { type ReactNode, useId } from 'react'
import { useSpeech } from '../i18n/language.tsx'
import { AnswerByField } from './answer-by.tsx'
import { PATIENT_TAG_CHARS } from './composer-limits.ts'

export function ComposerOptions(props: {
  patientTag: string
  onPatientTag: (tag: string) => void
  answerByMs: number | undefined
  onAnswerBy: (atMs: number | undefined) => void
  /** More ways to add something. */
  children?: ReactNode
}) {
  const { t } = useSpeech()
  const id = useId()
  return (
    <div className="writer__options">
      <div className="field">
        <label className="field__label" htmlFor={id}>
          {t('composer.patient')}
        </label>
        <input
          id={id}
          className="input"
          value={props.patientTag}
          maxLength={PATIENT_TAG_CHARS}
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          aria-describedby={`${id}-hint`}
          onChange={(event) => props.onPatientTag(event.target.value)}
        />
      </div>
      <AnswerByField value={props.answerByMs} onChange={props.onAnswerBy} />
      <p className="field__hint" id={`${id}-hint`}>
        {t('composer.patientHint')}
      </p>
      {props.children}
    </div>
  )
}
