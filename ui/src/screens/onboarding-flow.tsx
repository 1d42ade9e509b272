/**
 * First minutes: find yourself, prove it, be warned about an older device, choose a PIN, notifications, done. The proof
 * leaves the page and comes back with a ticket; what it proved survives a reload.
 */
import type { LocalAccountId, PendingRegistration, Pli } from '@pli/client'
import type { PersonId } from '@pli/protocol/wire'
import { lazy, type ReactNode, Suspense, useEffect, useRef, useState } from 'react'
import { Notice, Skeleton } from '../feedback/states.tsx'
import { usePli } from '../hooks/pli-context.tsx'
import { errorSentence, readFailure } from '../i18n/error-sentence.ts'
import { useSpeech } from '../i18n/language.tsx'
import { Icon } from '../icons/icon.tsx'
import { AlreadyHereStep, ExistingDevicesStep } from '../onboarding/existing-steps.tsx'
import { FindStep } from '../onboarding/find-step.tsx'
import { DoneStep, NotifyStep } from '../onboarding/last-steps.tsx'
import { PinStep } from '../onboarding/pin-step.tsx'
import { ProveStep } from '../onboarding/prove-step.tsx'
import { LanguagePicker } from '../settings/language-picker.tsx'

const AskGuarantorStep = lazy(() => import('../guarantors/ask-guarantor-step.tsx'))

export interface OnboardingFlowProps {
  /** From the fragment `#ticket=…` that the sign-in came back with. */
  ticket?: string
  /** From `#sign-in-error=…`. */
  signInError?: string
  /** The ticket was handed over: take it out of the address. */
  onTicketTaken?: () => void
  onUnlockExisting: (localId: LocalAccountId) => void
  onDone: (localId: LocalAccountId) => void
  /** Back to the lock screen, where accounts are on this device already. */
  onCancel?: () => void
}

/** Somebody picked in the directory, not proven yet. */
export interface Picked {
  personId: PersonId
  name: string
}

type Step =
  | { at: 'starting' }
  | { at: 'find' }
  /** Not in the directory: somebody who is answers for one. */
  | { at: 'ask' }
  | { at: 'prove'; picked: Picked }
  | { at: 'here'; localId: LocalAccountId; pending: PendingRegistration }
  | { at: 'existing'; pending: PendingRegistration }
  | { at: 'pin'; pending: PendingRegistration; replaceExisting: boolean }
  | { at: 'notify'; localId: LocalAccountId }
  | { at: 'done'; localId: LocalAccountId }

const STEPS = 5
const numberOf: Readonly<Record<Step['at'], number>> = {
  starting: 1,
  find: 1,
  ask: 2,
  prove: 2,
  here: 2,
  existing: 2,
  pin: 3,
  notify: 4,
  done: 5,
}

function afterProof(pending: PendingRegistration): Step {
  if (pending.alreadyHere) return { at: 'here', localId: pending.alreadyHere, pending }
  if (pending.existingDevices.length > 0) return { at: 'existing', pending }
  return { at: 'pin', pending, replaceExisting: false }
}

/** The warning before it spoke of the devices too. */
function chooseAnew(pending: PendingRegistration): Step {
  return { at: 'pin', pending, replaceExisting: pending.existingDevices.length > 0 }
}

export function OnboardingFlow(props: OnboardingFlowProps) {
  const pli = usePli()
  const [step, setStep] = useState<Step>({ at: 'starting' })
  const [problem, setProblem] = useState<unknown>(props.signInError ? { code: props.signInError } : undefined)
  useStart(props, setStep, setProblem)
  const restart = (failure?: unknown) => {
    setProblem(failure)
    setStep({ at: 'find' })
    pli.abandonRegistration().catch(() => undefined)
  }
  const back = backFrom(step, restart, props.onCancel)
  return (
    <Frame step={step} onBack={back} problem={problem}>
      <StepBody {...props} step={step} onStep={setStep} onRestart={restart} />
    </Frame>
  )
}

/** A ticket is used once, however often React mounts; otherwise what was proven before the reload goes on. */
function useStart(
  props: OnboardingFlowProps,
  onStep: (step: Step) => void,
  onProblem: (failure: unknown) => void,
) {
  const pli = usePli()
  const started = useRef(false)
  const { ticket, onTicketTaken } = props
  useEffect(() => {
    if (started.current) return
    started.current = true
    const begin = async () => {
      const pending = ticket ? await pli.completeSignIn(ticket) : await pli.pendingRegistration()
      onStep(pending ? afterProof(pending) : { at: (await isAsking(pli)) ? 'ask' : 'find' })
    }
    begin()
      .catch((failure: unknown) => {
        onProblem(failure)
        onStep({ at: 'find' })
      })
      .finally(() => ticket && onTicketTaken?.())
  }, [pli, ticket, onTicketTaken, onStep, onProblem])
}

/** Whether a request of this device is under way; without a network nobody knows more. */
async function isAsking(pli: Pli): Promise<boolean> {
  return pli.guaranteeRequest().then(
    (request) => request !== undefined,
    () => true,
  )
}

function backFrom(step: Step, restart: () => void, onCancel: (() => void) | undefined) {
  if (step.at === 'find' || step.at === 'starting') return onCancel
  if (step.at === 'notify' || step.at === 'done') return
  return () => restart()
}

function StepBody(
  props: OnboardingFlowProps & {
    step: Step
    onStep: (step: Step) => void
    onRestart: (failure?: unknown) => void
  },
) {
  const { step, onStep, onRestart } = props
  switch (step.at) {
    case 'starting':
      return <Skeleton rows={3} />
    case 'find':
      return (
        <FindStep
          onPicked={(picked) => onStep({ at: 'prove', picked })}
          onNotListed={() => onStep({ at: 'ask' })}
        />
      )
    case 'ask':
      return (
        <Suspense fallback={<Skeleton rows={3} />}>
          <AskGuarantorStep onProven={(pending) => onStep(afterProof(pending))} />
        </Suspense>
      )
    case 'prove':
      return <ProveStep picked={step.picked} onProven={(pending) => onStep(afterProof(pending))} />
    case 'here':
      return (
        <AlreadyHereStep
          onUnlock={() => props.onUnlockExisting(step.localId)}
          onAnew={() => onStep(chooseAnew(step.pending))}
        />
      )
    case 'existing':
      return (
        <ExistingDevicesStep
          pending={step.pending}
          onReplace={() => onStep({ at: 'pin', pending: step.pending, replaceExisting: true })}
          onKeep={() => onRestart()}
        />
      )
    case 'pin':
      return (
        <PinStep
          pending={step.pending}
          replaceExisting={step.replaceExisting}
          onRegistered={(localId) => onStep({ at: 'notify', localId })}
          onDeviceExists={() => onStep({ at: 'existing', pending: step.pending })}
          onExpired={onRestart}
        />
      )
    case 'notify':
      return (
        <NotifyStep localId={step.localId} onNext={() => onStep({ at: 'done', localId: step.localId })} />
      )
    case 'done':
      return <DoneStep onStart={() => props.onDone(step.localId)} />
  }
}

function Frame(props: {
  step: Step
  onBack: (() => void) | undefined
  problem: unknown
  children: ReactNode
}) {
  const { t } = useSpeech()
  const number = numberOf[props.step.at]
  return (
    <main id="main" className="screen onboarding">
      <div className="bar bar--plain">
        {props.onBack && (
          <button type="button" className="icon-btn" aria-label={t('common.back')} onClick={props.onBack}>
            <Icon name="back" />
          </button>
        )}
        <span className="bar__step">{t('onboarding.step', { step: number, of: STEPS })}</span>
        <LanguagePicker />
      </div>
      <ol className="stepper" aria-hidden="true">
        {Array.from({ length: STEPS }, (_, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: steps never move
          <li key={at} className={at < number ? 'is-on' : undefined} />
        ))}
      </ol>
      {props.problem !== undefined && readFailure(props.problem).code !== '' && (
        <div className="onboarding__problem">
          <Notice tone="urgent" icon="alert" role="alert">
            {errorSentence(t, props.problem)}
          </Notice>
        </div>
      )}
      {props.children}
    </main>
  )
}
