/**
 * Before a patient is identified to a colleague: has the patient excluded them, is there a therapeutic link? Shown only
 * where this relay names a service to ask. The number lives in this field alone and goes with it.
 * Not concerned with how the service is asked.
 */
import type { ConversationId, PatientCheck as Outcome } from '@pli/client'
import { type FormEvent, useEffect, useId, useState } from 'react'
import { createPortal } from 'react-dom'
import { Dialog } from '../feedback/dialog.tsx'
import { FailedLine, Notice } from '../feedback/states.tsx'
import { useMessenger, usePli } from '../hooks/pli-context.tsx'
import { useTask } from '../hooks/use-task.ts'
import { useSpeech } from '../i18n/language.tsx'
import { type CheckWords, checkWords } from './check-words.ts'

export default function PatientCheck(props: { conversationId: ConversationId; name: string }) {
  const words = checkWords[useSpeech().language]
  const service = useLinksService()
  const [isOpen, setIsOpen] = useState(false)
  if (service === undefined) return null
  return (
    <>
      <button type="button" className="btn btn--quiet" onClick={() => setIsOpen(true)}>
        {words.open}
      </button>
      {isOpen &&
        // Out of the composer, whose form may hold no other.
        createPortal(
          <CheckDialog {...props} words={words} service={service} onClose={() => setIsOpen(false)} />,
          document.body,
        )}
    </>
  )
}

/** Its host, for people to read. */
function useLinksService(): string | undefined {
  const pli = usePli()
  const [host, setHost] = useState<string>()
  useEffect(() => {
    let wanted = true
    pli.relayConfig().then(
      ({ links }) => wanted && links && setHost(new URL(links.serviceUrl).host),
      // Offline there is nobody to ask.
      () => {},
    )
    return () => {
      wanted = false
    }
  }, [pli])
  return host
}

function CheckDialog(props: {
  conversationId: ConversationId
  name: string
  words: CheckWords
  service: string
  onClose: () => void
}) {
  const { conversationId, name, words } = props
  const messenger = useMessenger()
  const task = useTask()
  const id = useId()
  const [number, setNumber] = useState('')
  const [outcome, setOutcome] = useState<Outcome>()
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
    // To React this is still inside the composer's form: it is no sending.
    event.stopPropagation()
    setOutcome(undefined)
    void task.run(async () => setOutcome(await messenger.checkPatient(conversationId, number)))
  }
  return (
    <Dialog title={words.title} onClose={props.onClose}>
      <form className="vstack" onSubmit={onSubmit}>
        <p className="small">{words.about(props.service)}</p>
        <div className="field">
          <label className="field__label" htmlFor={id}>
            {words.number}
          </label>
          <input
            id={id}
            className="input"
            value={number}
            maxLength={20}
            inputMode="numeric"
            autoComplete="off"
            spellCheck={false}
            aria-describedby={`${id}-outcome`}
            onChange={(event) => {
              setNumber(event.target.value)
              // An answer is about the number that was asked, not about the one that is being typed.
              setOutcome(undefined)
            }}
          />
        </div>
        <div id={`${id}-outcome`} aria-live="polite">
          {outcome && <OutcomeNotice outcome={outcome} text={words.outcome[outcome](name)} />}
        </div>
        <FailedLine error={task.failure} />
        <div className="dialog__actions">
          <button type="button" className="btn btn--quiet" onClick={props.onClose}>
            {words.close}
          </button>
          <button type="submit" className="btn btn--primary" aria-busy={task.busy}>
            {words.check}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

function OutcomeNotice({ outcome, text }: { outcome: Outcome; text: string }) {
  if (outcome === 'link') {
    return (
      <Notice tone="safe" icon="check">
        {text}
      </Notice>
    )
  }
  return (
    <Notice tone={outcome === 'excluded' ? 'urgent' : 'caution'} icon="alert">
      {text}
    </Notice>
  )
}
