/** The two questions before a decision about somebody: which digits they said, and why not. */
import type { Guarantee } from '@pli/protocol/wire'
import { type FormEvent, type ReactNode, useId, useState } from 'react'
import { Dialog } from '../feedback/dialog.tsx'
import { FailedLine } from '../feedback/states.tsx'
import { useToasts } from '../feedback/toasts.tsx'
import { useMessenger } from '../hooks/pli-context.tsx'
import { useTask } from '../hooks/use-task.ts'
import { readFailure } from '../i18n/error-sentence.ts'
import { useSpeech } from '../i18n/language.tsx'
import { Icon } from '../icons/icon.tsx'
import { ReasonField } from './reason-field.tsx'
import { useGuarantorWords } from './use-guarantor-words.ts'

interface DecisionProps {
  guarantee: Guarantee
  onClose: () => void
}

export const nameOf = ({ applicant }: Guarantee) => `${applicant.firstName} ${applicant.lastName}`

export function AcceptDialog({ guarantee, onClose }: DecisionProps) {
  const say = useGuarantorWords()
  const messenger = useMessenger()
  const id = useId()
  const [checkCode, setCheckCode] = useState('')
  const [reason, setReason] = useState('')
  const { guaranteeId } = guarantee
  const name = nameOf(guarantee)
  const accept = () =>
    messenger.acceptGuarantee({ guaranteeId, checkCode, ...(reason.trim() && { reason: reason.trim() }) })
  return (
    <DecisionForm
      title={say('accept.title', { name })}
      text={say('accept.text')}
      action={say('card.accept')}
      done={say('accept.done', { name })}
      act={accept}
      onClose={onClose}
    >
      <div className="field">
        <label className="field__label" htmlFor={id}>
          {say('accept.code')}
        </label>
        <input
          id={id}
          className="input num"
          value={checkCode}
          required
          inputMode="numeric"
          autoComplete="off"
          pattern="\s*(\d\s*){6}"
          maxLength={13}
          aria-describedby={`${id}-hint`}
          onChange={(event) => setCheckCode(event.target.value)}
        />
        <p className="field__hint" id={`${id}-hint`}>
          {say('accept.codeHint')}
        </p>
      </div>
      <ReasonField value={reason} onChange={setReason} optional />
    </DecisionForm>
  )
}

export function RefuseDialog({ guarantee, onClose }: DecisionProps) {
  const say = useGuarantorWords()
  const messenger = useMessenger()
  const [reason, setReason] = useState('')
  const { guaranteeId } = guarantee
  return (
    <DecisionForm
      title={say('refuse.title', { name: nameOf(guarantee) })}
      text={say('refuse.text')}
      action={say('card.refuse')}
      urgent
      done={say('refuse.done')}
      act={() => messenger.refuseGuarantee({ guaranteeId, reason: reason.trim() })}
      onClose={onClose}
    >
      <ReasonField value={reason} onChange={setReason} />
    </DecisionForm>
  )
}

export function RevokeDialog({ guarantee, onClose }: DecisionProps) {
  const say = useGuarantorWords()
  const messenger = useMessenger()
  const [reason, setReason] = useState('')
  const { guaranteeId } = guarantee
  const name = nameOf(guarantee)
  return (
    <DecisionForm
      title={say('mine.revokeWho', { name })}
      text={say('revoke.text')}
      action={say('mine.revoke')}
      urgent
      done={say('revoke.done', { name })}
      act={() => messenger.revokeGuarantee({ guaranteeId, reason: reason.trim() })}
      onClose={onClose}
    >
      <ReasonField value={reason} onChange={setReason} />
    </DecisionForm>
  )
}

function DecisionForm(props: {
  title: string
  text: string
  action: string
  urgent?: boolean
  done: string
  act: () => Promise<void>
  onClose: () => void
  children: ReactNode
}) {
  const { t } = useSpeech()
  const toasts = useToasts()
  const task = useTask()
  const decide = async (event: FormEvent) => {
    event.preventDefault()
    if (!(await task.run(props.act))) return
    toasts.show({ text: props.done })
    props.onClose()
  }
  return (
    <Dialog title={props.title} onClose={props.onClose}>
      <p>{props.text}</p>
      <form className="vstack" onSubmit={decide}>
        {props.children}
        <DecisionFailed failure={task.failure} />
        <div className="dialog__actions">
          <button type="button" className="btn btn--quiet" onClick={props.onClose}>
            {t('common.cancel')}
          </button>
          <button
            type="submit"
            className={props.urgent ? 'btn btn--urgent' : 'btn btn--primary'}
            aria-busy={task.busy}
          >
            {props.action}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

/** Codes that mean something else here than elsewhere. */
function DecisionFailed({ failure }: { failure: unknown }) {
  const say = useGuarantorWords()
  const own = {
    code_invalid: 'accept.codeWrong',
    guarantor_full: 'accept.full',
    conflict: 'decided',
  } as const
  const { code } = readFailure(failure)
  if (failure === undefined || !Object.hasOwn(own, code)) return <FailedLine error={failure} />
  return (
    <p className="field__error" role="alert">
      <Icon name="alert" size="xs" />
      {say(own[code as keyof typeof own])}
    </p>
  )
}
