/**
 * What is left to say when this tab cannot go on: the messenger's worker died, or a screen failed. Nothing that was
 * kept is lost, so the way on is to load the page again.
 */
import { Component, type ErrorInfo, type ReactNode, useEffect, useRef } from 'react'
import { usePlatform } from '../hooks/platform.tsx'
import { useSpeech } from '../i18n/language.tsx'
import { AppMark } from '../icons/icon.tsx'

export function Stopped() {
  const { t } = useSpeech()
  const { form } = usePlatform()
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => button.current?.focus(), [])
  return (
    <main className={form === 'desk' ? 'phone gate' : 'phone'}>
      <div className="lock">
        <div className="lock__top" role="alert">
          <AppMark />
          <h1>{t('app.stopped')}</h1>
          <p className="lead">{t('app.stoppedText')}</p>
        </div>
        <button
          ref={button}
          type="button"
          className="btn btn--primary btn--lg btn--wide"
          onClick={() => location.reload()}
        >
          {t('app.reload')}
        </button>
      </div>
    </main>
  )
}

interface Props {
  children: ReactNode
  fallback: ReactNode
}

/** A screen that throws leaves words, not a white page. */
export class StopBoundary extends Component<Props, { failed: boolean }> {
  override state = { failed: false }

  static getDerivedStateFromError() {
    return { failed: true }
  }

  override componentDidCatch(error: unknown, info: ErrorInfo) {
    console.error('a screen failed', error instanceof Error ? error.name : typeof error, info.componentStack)
  }

  override render() {
    return this.state.failed ? this.props.fallback : this.props.children
  }
}
