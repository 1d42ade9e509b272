/**
 * The safety number: twelve groups of five digits and a QR code. Compared aloud or by scanning; only a person decides
 * that it is the same. Source: the numeric fingerprint that the messenger computes.
 */
import type { ConversationId, SafetyNumber } from '@pli/client'
import { lazy, Suspense, useCallback, useEffect, useId, useState } from 'react'
import { Dialog } from '../feedback/dialog.tsx'
import { FailedLine, FailedState, Notice, Skeleton } from '../feedback/states.tsx'
import { useMessenger } from '../hooks/pli-context.tsx'
import { type Task, useTask } from '../hooks/use-task.ts'
import { useSpeech } from '../i18n/language.tsx'
import { Icon } from '../icons/icon.tsx'

const QrCode = lazy(() => import('./qr-code.tsx'))
const QrScanner = lazy(() => import('./qr-scanner.tsx'))

/** `changed` differs when the number may have: it is asked for anew. */
export function SafetyNumberPanel(props: { conversationId: ConversationId; changed?: unknown }) {
  const { t } = useSpeech()
  const titleId = useId()
  const number = useSafetyNumber(props.conversationId, props.changed)
  const task = useTask()
  if (number.failure !== undefined) {
    return <FailedState title={t('safety.title')} error={number.failure} onRetry={number.refresh} />
  }
  return (
    <section className="safety" aria-labelledby={titleId}>
      <div className="safety__head">
        <h2 id={titleId}>{t('safety.title')}</h2>
        {number.value && <Verdict verified={number.value.verified} />}
      </div>
      <p className="small lead">{t('safety.text')}</p>
      {number.value ? <Digits digits={number.value.digits} /> : <Skeleton rows={1} />}
      {number.value && (
        <Compare
          conversationId={props.conversationId}
          number={number.value}
          task={task}
          refresh={number.refresh}
        />
      )}
      <FailedLine error={task.failure} />
    </section>
  )
}

function useSafetyNumber(conversationId: ConversationId, changed: unknown) {
  const messenger = useMessenger()
  const [value, setValue] = useState<SafetyNumber>()
  const [failure, setFailure] = useState<unknown>()
  const [asked, setAsked] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked anew when told that it may have changed
  useEffect(() => {
    let wanted = true
    messenger.safetyNumber(conversationId).then(
      (number) => {
        if (!wanted) return
        setFailure(undefined)
        setValue(number)
      },
      (thrown: unknown) => wanted && setFailure(thrown ?? 'unknown'),
    )
    return () => {
      wanted = false
    }
  }, [messenger, conversationId, changed, asked])
  const refresh = useCallback(() => setAsked((count) => count + 1), [])
  return { value, failure, refresh }
}

function Verdict({ verified }: { verified: boolean }) {
  const { t } = useSpeech()
  return (
    <span className={verified ? 'badge badge--reg' : 'badge badge--none'}>
      <Icon name={verified ? 'verified' : 'alert'} size="xs" />
      {t(verified ? 'safety.compared' : 'safety.toCompare')}
    </span>
  )
}

function Digits({ digits }: { digits: string }) {
  const { t } = useSpeech()
  const groups = digits.match(/.{1,5}/g) ?? []
  return (
    <>
      <p className="sr">{t('safety.groups')}</p>
      <p className="safety__digits">
        {groups.map((group, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two groups may be alike; their place is what names them
          <span key={at}>{group}</span>
        ))}
      </p>
    </>
  )
}

function Compare(props: {
  conversationId: ConversationId
  number: SafetyNumber
  task: Task
  refresh: () => void
}) {
  const { t } = useSpeech()
  const messenger = useMessenger()
  const { conversationId, number, task, refresh } = props
  const [scanning, setScanning] = useState(false)
  const [same, setSame] = useState<boolean>()
  const decide = async (verified: boolean) => {
    if (await task.run(() => messenger.setVerified(conversationId, verified))) refresh()
  }
  const scanned = useCallback(
    (bytes: Uint8Array) => {
      setScanning(false)
      void task.run(async () => {
        const match = await messenger.compareScanned(conversationId, bytes)
        setSame(match)
        // A number that differs must not go on standing as compared.
        await messenger.setVerified(conversationId, match)
        refresh()
      })
    },
    [messenger, conversationId, task.run, refresh],
  )
  return (
    <>
      <div className="safety__pair">
        <Suspense fallback={<div className="qr" />}>
          <QrCode bytes={number.scannable} label={t('safety.qr')} />
        </Suspense>
        <div className="vstack">
          <button type="button" className="btn btn--primary" onClick={() => setScanning(true)}>
            <Icon name="qr" size="sm" />
            {t('safety.scan')}
          </button>
          <button
            type="button"
            className="btn"
            aria-busy={task.busy}
            onClick={() => decide(!number.verified)}
          >
            <Icon name={number.verified ? 'close' : 'check'} size="sm" />
            {t(number.verified ? 'safety.notVerified' : 'safety.same')}
          </button>
        </div>
      </div>
      {same !== undefined && (
        <Notice tone={same ? 'safe' : 'urgent'} icon={same ? 'verified' : 'alert'} role="alert">
          {t(same ? 'safety.match' : 'safety.differ')}
        </Notice>
      )}
      {scanning && (
        <Dialog title={t('safety.scanTitle')} onClose={() => setScanning(false)}>
          <Suspense fallback={<Skeleton rows={2} />}>
            <QrScanner onScanned={scanned} />
          </Suspense>
          <div className="dialog__actions">
            <button type="button" className="btn" onClick={() => setScanning(false)}>
              {t('common.close')}
            </button>
          </div>
        </Dialog>
      )}
    </>
  )
}
