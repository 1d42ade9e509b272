/** What a screen shows when it has nothing yet, nothing at all, or could not: waiting, empty, failed. */
import type { ReactNode } from 'react'
import { errorSentence } from '../i18n/error-sentence.ts'
import { useSpeech } from '../i18n/language.tsx'
import { Icon, type IconName } from '../icons/icon.tsx'

/** Rows to come. Drawn only after 150 ms (CSS), so that what is quick never flickers. */
export function Skeleton({ rows = 4 }: { rows?: number }) {
  const { t } = useSpeech()
  return (
    <div role="status" aria-busy="true" aria-label={t('common.loading')}>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are alike and never move
        <div className="skel" key={row} aria-hidden="true">
          <i />
          <i className="skel__long" />
          <i />
          <i className="skel__short" />
        </div>
      ))}
    </div>
  )
}

/** Says what to do first. */
export function EmptyState(props: {
  icon: IconName
  title: string
  text?: string
  /** h1 where it is all that the main pane has. */
  heading?: 'h1' | 'h2'
  children?: ReactNode
}) {
  const Heading = props.heading ?? 'h2'
  return (
    <div className="empty">
      <Icon name={props.icon} />
      <Heading>{props.title}</Heading>
      {props.text && <p>{props.text}</p>}
      {props.children}
    </div>
  )
}

/** What went wrong, with a way to try again. */
export function FailedState(props: { title?: string; error: unknown; onRetry?: () => void }) {
  const { t } = useSpeech()
  return (
    <div className="failed" role="alert">
      <b>{props.title ?? t('failed.title')}</b>
      <p>{errorSentence(t, props.error)}</p>
      {props.onRetry && (
        <button type="button" className="btn" onClick={props.onRetry}>
          <Icon name="retry" size="sm" />
          {t('common.retry')}
        </button>
      )}
    </div>
  )
}

/** One line under what failed. */
export function FailedLine({ error }: { error: unknown }) {
  const { t } = useSpeech()
  if (error === undefined) return null
  return (
    <p className="field__error" role="alert">
      <Icon name="alert" size="xs" />
      {errorSentence(t, error)}
    </p>
  )
}

export function Notice(props: {
  tone?: 'caution' | 'urgent' | 'safe'
  icon: IconName
  role?: 'alert' | 'status'
  children: ReactNode
}) {
  return (
    <div className={props.tone ? `notice notice--${props.tone}` : 'notice'} role={props.role}>
      <Icon name={props.icon} size="sm" />
      <div>{props.children}</div>
    </div>
  )
}
