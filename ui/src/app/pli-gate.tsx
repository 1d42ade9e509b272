/**
 * What stands before an open account: onboarding on a new device or after a sign-in, the lock screen otherwise. Behind
 * it, the app with the account's messenger. Locking, by hand or by itself, comes back here; the place is kept.
 */
import type { LocalAccount, LocalAccountId } from '@pli/client'
import { type ReactNode, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { FailedState, Skeleton } from '../feedback/states.tsx'
import { useToasts } from '../feedback/toasts.tsx'
import { usePlatform } from '../hooks/platform.tsx'
import { MessengerProvider, usePli } from '../hooks/pli-context.tsx'
import { useLive } from '../hooks/use-live.ts'
import { errorSentence } from '../i18n/error-sentence.ts'
import { useSpeech } from '../i18n/language.tsx'
import { Icon } from '../icons/icon.tsx'
import { LockScreen } from '../screens/lock-screen.tsx'
import { keepAccount, recallAccount } from './current-account.ts'
import { GateContext } from './gate-context.ts'
import { LazyOnboardingFlow } from './lazy-screens.ts'
import { navigate, type SignInReturn } from './navigation.ts'
import { persistStorage } from './persist-storage.ts'
import type { ServiceWorkerClient } from './service-worker-client.ts'

export interface PliGateProps {
  signInReturn: SignInReturn | undefined
  serviceWorker: ServiceWorkerClient
  children: ReactNode
}

export function PliGate({ signInReturn, serviceWorker, children }: PliGateProps) {
  const accounts = useLive(usePli().accounts)
  const start = useStart(signInReturn !== undefined)
  const [currentId, setCurrentId] = useState(recallAccount)
  const [onboarding, setOnboarding] = useState(false)
  const enter = useCallback((localId: LocalAccountId) => {
    // Another person's conversations are no place for this one.
    if (localId !== recallAccount()) navigate({ at: 'inbox' }, 'replace')
    keepAccount(localId)
    setCurrentId(localId)
    setOnboarding(false)
  }, [])
  const gate = useMemo(() => ({ proveAgain: () => setOnboarding(true) }), [])
  useErasureToast(accounts, onboarding || start.resumes === true)
  if (start.failure !== undefined) return <StartFailed failure={start.failure} />
  if (!accounts || start.resumes === undefined) return <Waiting />
  // Onboarding goes on to its end, although the account it makes is there before.
  if (accounts.length === 0 && !onboarding) setOnboarding(true)
  const current = accounts.find((account) => account.localId === currentId)
  if (onboarding || start.resumes || accounts.length === 0) {
    const close = () => {
      start.forget()
      setOnboarding(false)
    }
    return (
      <Onboarding
        signInReturn={start.resumes ? signInReturn : undefined}
        hasAccounts={accounts.length > 0}
        onEnter={(localId) => {
          start.forget()
          enter(localId)
        }}
        onClose={close}
      />
    )
  }
  if (current?.unlocked) {
    return (
      <GateContext value={gate}>
        <Opened key={current.localId} localId={current.localId} serviceWorker={serviceWorker}>
          {children}
        </Opened>
      </GateContext>
    )
  }
  return (
    <Frame>
      <WaitsNotice serviceWorker={serviceWorker} />
      <LockScreen
        {...(current && { initialId: current.localId })}
        onUnlocked={enter}
        onAddAccount={() => setOnboarding(true)}
      />
    </Frame>
  )
}

/** Whether the onboarding goes on where it was left: back from the sign-in, or proven before a reload. */
function useStart(isBack: boolean) {
  const pli = usePli()
  const [resumes, setResumes] = useState<boolean | undefined>(isBack || undefined)
  const [failure, setFailure] = useState<unknown>()
  useEffect(() => {
    if (isBack) return
    pli.pendingRegistration().then((pending) => setResumes(pending !== undefined), setFailure)
  }, [pli, isBack])
  const forget = useCallback(() => setResumes(false), [])
  return { resumes, failure, forget }
}

function Onboarding(props: {
  signInReturn: SignInReturn | undefined
  hasAccounts: boolean
  onEnter: (localId: LocalAccountId) => void
  onClose: () => void
}) {
  const pli = usePli()
  const { signInReturn, onEnter, onClose } = props
  const ticket = signInReturn && 'ticket' in signInReturn ? signInReturn.ticket : undefined
  const errorCode = signInReturn && 'errorCode' in signInReturn ? signInReturn.errorCode : undefined
  return (
    <Frame>
      <Suspense fallback={<Skeleton rows={3} />}>
        <LazyOnboardingFlow
          {...(ticket !== undefined && { ticket })}
          {...(errorCode !== undefined && { signInError: errorCode })}
          {...(props.hasAccounts && { onCancel: onClose })}
          onDone={onEnter}
          onUnlockExisting={(localId) => {
            // The proof is not needed for what is here already.
            pli.abandonRegistration().catch(() => undefined)
            onEnter(localId)
          }}
        />
      </Suspense>
    </Frame>
  )
}

function Opened(props: { localId: LocalAccountId; serviceWorker: ServiceWorkerClient; children: ReactNode }) {
  const pli = usePli()
  const { localId, serviceWorker } = props
  const messenger = useMemo(() => pli.messenger(localId), [pli, localId])
  useEffect(() => {
    serviceWorker.seen()
    persistStorage()
  }, [serviceWorker])
  return (
    <MessengerProvider messenger={messenger}>
      <Suspense fallback={<Waiting />}>{props.children}</Suspense>
    </MessengerProvider>
  )
}

/** One column in the middle: a hand's screen, and enough for a desk. */
function Frame({ children }: { children: ReactNode }) {
  const { form } = usePlatform()
  return <div className={form === 'desk' ? 'phone gate' : 'phone'}>{children}</div>
}

function Waiting() {
  const { t } = useSpeech()
  return (
    <main id="main" className="phone" aria-label={t('app.starting')}>
      <Skeleton rows={2} />
    </main>
  )
}

function StartFailed({ failure }: { failure: unknown }) {
  return (
    <main id="main" className="phone">
      <FailedState error={failure} onRetry={() => location.reload()} />
    </main>
  )
}

/** Says no more than that: who and how urgent is not known before the PIN. */
function WaitsNotice({ serviceWorker }: { serviceWorker: ServiceWorkerClient }) {
  const { t } = useSpeech()
  const waits = useLive(serviceWorker.somethingWaits)
  return (
    <div role="status">
      {waits && (
        <div className="banner">
          <Icon name="inbox" size="sm" />
          <p>{t('app.somethingWaits')}</p>
        </div>
      )}
    </div>
  )
}

const SENTENCE_LASTS_MS = 15_000

/**
 * An account that goes after its last PIN was tried is gone from the list: the reason would be gone with it.
 * `isReplacing`: one that goes now was replaced by its owner.
 */
function useErasureToast(accounts: LocalAccount[] | undefined, isReplacing: boolean) {
  const { t } = useSpeech()
  const toasts = useToasts()
  const before = useRef<LocalAccount[]>([])
  useEffect(() => {
    if (!accounts) return
    const lost = before.current.filter((old) => !accounts.some(({ localId }) => localId === old.localId))
    if (!isReplacing && lost.some(({ unlocked, triesLeft }) => !unlocked && triesLeft <= 1)) {
      toasts.show({ text: errorSentence(t, { code: 'erased' }), lastsMs: SENTENCE_LASTS_MS })
    }
    before.current = accounts
  }, [accounts, isReplacing, t, toasts])
}
