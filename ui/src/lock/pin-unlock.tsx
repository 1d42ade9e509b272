/** The PIN that opens an account: wrong ones are counted, then one waits, and the last tries carry a warning. */
import type { LocalAccount, LocalAccountId } from '@pli/client'
import { type ReactNode, useState } from 'react'
import { useToasts } from '../feedback/toasts.tsx'
import { usePli } from '../hooks/pli-context.tsx'
import { useNow } from '../hooks/use-now.ts'
import { useTask } from '../hooks/use-task.ts'
import { errorSentence, readFailure } from '../i18n/error-sentence.ts'
import { useSpeech } from '../i18n/language.tsx'
import { AppMark } from '../icons/icon.tsx'
import { PinEntry, PinNews } from './pin-entry.tsx'

const ALL_TRIES = 10
const WARN_FROM_TRIES = 3
const ERASED_SHOWN_MS = 60_000

export function PinUnlock(props: {
  account: LocalAccount
  onUnlocked: (localId: LocalAccountId) => void
  foot?: ReactNode
}) {
  const { t } = useSpeech()
  const pli = usePli()
  const { account } = props
  const [pin, setPin] = useState('')
  const task = useTask()
  const toasts = useToasts()
  const failure = task.failure === undefined ? undefined : readFailure(task.failure)
  const waitMs = useWait(failure?.retryAtMs ?? account.nextTryAtMs)
  const triesLeft = failure?.triesLeft ?? account.triesLeft
  const open = async () => {
    const opened = await task.run(async () => {
      try {
        await pli.unlock(account.localId, pin)
      } catch (failure) {
        // The account leaves this screen with its copy: what happened must outlast it.
        if (readFailure(failure).code === 'erased') {
          toasts.show({ text: errorSentence(t, failure), lastsMs: ERASED_SHOWN_MS })
        }
        throw failure
      }
    })
    setPin('')
    if (opened) props.onUnlocked(account.localId)
  }
  return (
    <PinEntry
      value={pin}
      onChange={setPin}
      onSubmit={open}
      submitLabel={t(task.busy ? 'pin.opening' : 'pin.open')}
      busy={task.busy}
      waiting={waitMs > 0}
      news={<News failure={task.failure} triesLeft={triesLeft} waitMs={waitMs} />}
      foot={props.foot}
    >
      <AppMark />
      <h1>{t('pin.yours')}</h1>
      <p className="lead">{account.displayName}</p>
    </PinEntry>
  )
}

function useWait(untilMs: number | undefined): number {
  const nowMs = useNow(1000)
  return untilMs === undefined ? 0 : Math.max(0, untilMs - nowMs)
}

function News(props: { failure: unknown; triesLeft: number; waitMs: number }) {
  const { t, format } = useSpeech()
  const { triesLeft, waitMs } = props
  const code = props.failure === undefined ? undefined : readFailure(props.failure).code
  const wrong = code === 'pin_wrong' || (code === undefined && triesLeft < ALL_TRIES)
  const other = code !== undefined && code !== 'pin_wrong' && code !== 'pin_wait'
  return (
    <>
      {other && <PinNews urgent>{errorSentence(t, props.failure)}</PinNews>}
      {wrong && triesLeft > WARN_FROM_TRIES && <PinNews>{t('pin.wrong', { count: triesLeft })}</PinNews>}
      {!other && triesLeft <= WARN_FROM_TRIES && (
        <PinNews urgent>{t('pin.lastTries', { count: triesLeft })}</PinNews>
      )}
      {waitMs > 0 && <PinNews>{t('pin.wait', { duration: format.duration(waitMs) })}</PinNews>}
    </>
  )
}
