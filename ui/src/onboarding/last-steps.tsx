/** Notifications explained before the browser asks, and the end of the beginning. */
import type { LocalAccountId } from '@pli/client'
import { useMemo } from 'react'
import { usePli } from '../hooks/pli-context.tsx'
import { useLive } from '../hooks/use-live.ts'
import { useSpeech } from '../i18n/language.tsx'
import { AppMark } from '../icons/icon.tsx'
import { PushSetup } from '../settings/push-setup.tsx'

export function NotifyStep(props: { localId: LocalAccountId; onNext: () => void }) {
  const { t } = useSpeech()
  const pli = usePli()
  const messenger = useMemo(() => pli.messenger(props.localId), [pli, props.localId])
  const on = useLive(messenger.settings)?.notifications === 'on'
  return (
    <>
      <div className="screen__scroll">
        <div className="stack">
          <div>
            <h1 className="big-title">{t('onboarding.notifyTitle')}</h1>
            <p className="lead">{t('onboarding.notifyText')}</p>
          </div>
          <PushSetup messenger={messenger} />
          {!on && <p className="field__hint">{t('onboarding.notifyRefuse')}</p>}
        </div>
      </div>
      <div className="dock">
        <button
          type="button"
          className={on ? 'btn btn--primary btn--lg' : 'btn btn--lg'}
          onClick={props.onNext}
        >
          {t(on ? 'common.continue' : 'common.later')}
        </button>
      </div>
    </>
  )
}

export function DoneStep({ onStart }: { onStart: () => void }) {
  const { t } = useSpeech()
  return (
    <>
      <div className="screen__scroll">
        <div className="lock__top onboarding__done">
          <AppMark />
          <h1 className="big-title">{t('onboarding.doneTitle')}</h1>
          <p className="lead">{t('onboarding.doneText')}</p>
        </div>
      </div>
      <div className="dock">
        <button type="button" className="btn btn--primary btn--lg" onClick={onStart}>
          {t('onboarding.start')}
        </button>
      </div>
    </>
  )
}
