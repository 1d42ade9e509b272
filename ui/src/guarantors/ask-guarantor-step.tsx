/**
 * "I am not in the directory": who one is, and who answers for one; then the six digits to tell them, until they decided.
 * The request outlives the page: whoever comes back finds it here. Fetched when somebody needs it.
 */
import type { PendingRegistration } from '@pli/client'
import type { OwnRequest } from '@pli/protocol/wire'
import { useCallback, useEffect, useState } from 'react'
import { FailedLine, Notice, Skeleton } from '../feedback/states.tsx'
import { usePli } from '../hooks/pli-context.tsx'
import { useTask } from '../hooks/use-task.ts'
import { readFailure } from '../i18n/error-sentence.ts'
import { useSpeech } from '../i18n/language.tsx'
import { AskForm } from './ask-form.tsx'
import { type SayGuarantor, useGuarantorWords } from './use-guarantor-words.ts'

const LOOK_EVERY_MS = 5_000

type Known = { request: OwnRequest | undefined } | 'unknown' | undefined

export default function AskGuarantorStep(props: { onProven: (pending: PendingRegistration) => void }) {
  const [known, look, setRequest] = useOwnRequest()
  if (known === undefined) return <Skeleton rows={3} />
  if (known === 'unknown') return <Unknown onLook={look} />
  const { request } = known
  if (!request) return <AskForm onAsked={setRequest} />
  if (request.state === 'pending') return <Waiting request={request} onLook={look} />
  if (request.state === 'approved') return <Admitted request={request} onProven={props.onProven} />
  return <Closed request={request} onForgotten={() => setRequest(undefined)} />
}

/** Asked again every few seconds while it is undecided and somebody looks. */
function useOwnRequest() {
  const pli = usePli()
  const [known, setKnown] = useState<Known>()
  const look = useCallback(async () => {
    try {
      const request = await pli.guaranteeRequest()
      setKnown({ request })
    } catch (failure) {
      setKnown((before) => (typeof before === 'object' ? before : 'unknown'))
      throw failure
    }
  }, [pli])
  const isPending = typeof known === 'object' && known.request?.state === 'pending'
  useEffect(() => {
    look().catch(() => undefined)
  }, [look])
  useEffect(() => {
    if (!isPending) return
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') look().catch(() => undefined)
    }, LOOK_EVERY_MS)
    return () => clearInterval(timer)
  }, [isPending, look])
  const setRequest = useCallback((request: OwnRequest | undefined) => setKnown({ request }), [])
  return [known, look, setRequest] as const
}

const nameOf = ({ guarantor }: OwnRequest) => `${guarantor.firstName} ${guarantor.lastName}`

function Unknown({ onLook }: { onLook: () => Promise<void> }) {
  const say = useGuarantorWords()
  return (
    <div className="screen__scroll">
      <div className="stack">
        <Notice tone="caution" icon="offline" role="status">
          {say('wait.unknown')}
        </Notice>
        <LookButton say={say} onLook={onLook} />
      </div>
    </div>
  )
}

function LookButton({ say, onLook }: { say: SayGuarantor; onLook: () => Promise<void> }) {
  const task = useTask()
  return (
    <>
      <button type="button" className="btn" aria-busy={task.busy} onClick={() => void task.run(onLook)}>
        {say('wait.check')}
      </button>
      <FailedLine error={task.failure} />
    </>
  )
}

function Waiting({ request, onLook }: { request: OwnRequest; onLook: () => Promise<void> }) {
  const say = useGuarantorWords()
  const { format } = useSpeech()
  const pli = usePli()
  const task = useTask()
  const { checkCode = '' } = request
  const withdraw = () =>
    void task.run(async () => {
      await pli.forgetGuaranteeRequest()
      await onLook()
    })
  return (
    <>
      <div className="screen__scroll">
        <div className="stack">
          <div>
            <h1 className="big-title">{say('wait.title', { name: nameOf(request) })}</h1>
            <p className="lead">{say('wait.lead')}</p>
          </div>
          <section className="panel asked__code">
            <h2>{say('wait.code')}</h2>
            <p className="num">
              <span aria-hidden="true">
                {checkCode.slice(0, 3)} {checkCode.slice(3)}
              </span>
              {/* Read out one by one. */}
              <span className="sr">{[...checkCode].join(' ')}</span>
            </p>
          </section>
          <p className="field__hint">{say('wait.until', { date: format.date(request.endsAtMs) })}</p>
        </div>
      </div>
      <div className="dock">
        <LookButton say={say} onLook={onLook} />
        <button type="button" className="btn btn--quiet" aria-busy={task.busy} onClick={withdraw}>
          {say('wait.withdraw')}
        </button>
        <FailedLine error={task.failure} />
      </div>
    </>
  )
}

function Admitted(props: { request: OwnRequest; onProven: (pending: PendingRegistration) => void }) {
  const say = useGuarantorWords()
  const { t, format } = useSpeech()
  const pli = usePli()
  const task = useTask()
  const { request, onProven } = props
  return (
    <>
      <div className="screen__scroll">
        <div className="stack" role="status">
          <h1 className="big-title">{say('yes.title', { name: nameOf(request) })}</h1>
          <p className="lead">{say('yes.lead', { date: format.date(request.endsAtMs) })}</p>
          <FailedLine error={task.failure} />
        </div>
      </div>
      <div className="dock">
        <button
          type="button"
          className="btn btn--primary btn--lg"
          aria-busy={task.busy}
          onClick={() => void task.run(async () => onProven(await pli.redeemGuarantee()))}
        >
          {t('common.continue')}
        </button>
      </div>
    </>
  )
}

function Closed({ request, onForgotten }: { request: OwnRequest; onForgotten: () => void }) {
  const say = useGuarantorWords()
  const pli = usePli()
  const task = useTask()
  const again = () =>
    void task.run(async () => {
      // Without a network it is forgotten here all the same: the relay closed it already.
      await pli.forgetGuaranteeRequest().catch((failure: unknown) => {
        if (readFailure(failure).code !== 'offline') throw failure
      })
      onForgotten()
    })
  return (
    <>
      <div className="screen__scroll">
        <div className="stack" role="status">
          <h1 className="big-title">{say('no.title')}</h1>
          <p className="lead">
            {request.state === 'refused' ? say('no.refused', { name: nameOf(request) }) : say('no.ended')}
          </p>
          {request.reason && <p>{say('no.reason', { reason: request.reason })}</p>}
          <FailedLine error={task.failure} />
        </div>
      </div>
      <div className="dock">
        <button type="button" className="btn btn--primary btn--lg" aria-busy={task.busy} onClick={again}>
          {say('no.again')}
        </button>
      </div>
    </>
  )
}
