/** Why: what the person who is refused or let go will read. */
import { useId } from 'react'
import { useGuarantorWords } from './use-guarantor-words.ts'

/** As `limits.guaranteeReasonChars` of the protocol. */
const REASON_CHARS = 300

export function ReasonField(props: {
  value: string
  onChange: (reason: string) => void
  optional?: boolean
}) {
  const say = useGuarantorWords()
  const id = useId()
  return (
    <div className="field">
      <label className="field__label" htmlFor={id}>
        {say(props.optional ? 'reason.optional' : 'reason.label')}
      </label>
      <input
        id={id}
        className="input"
        value={props.value}
        required={!props.optional}
        maxLength={REASON_CHARS}
        aria-describedby={`${id}-hint`}
        onChange={(event) => props.onChange(event.target.value)}
      />
      <p className="field__hint" id={`${id}-hint`}>
        {say('reason.hint')}
      </p>
    </div>
  )
}
