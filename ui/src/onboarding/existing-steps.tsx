/** Warnings between the proof and the PIN: another device would be cut off, or the account is on this one already. */
import type { PendingRegistration } from '@pli/client'
import { useState } from 'react'
import { Notice } from '../feedback/states.tsx'
import { useSpeech } from '../i18n/language.tsx'
import { Icon } from '../icons/icon.tsx'

export function ExistingDevicesStep(props: {
  pending: PendingRegistration
  onReplace: () => void
  onKeep: () => void
}) {
  const { t, format } = useSpeech()
  const { existingDevices } = props.pending
  return (
    <>
      <div className="screen__scroll">
        <div className="stack">
          <h1 className="big-title">{t('onboarding.existingTitle')}</h1>
          <ul className="list">
            {existingDevices.map((device) => (
              <li key={`${device.name} ${device.lastSeenDay}`} className="setting">
                <span>
                  <b>{device.name}</b>
                  <p>{t('onboarding.lastSeen', { date: format.date(Date.parse(device.lastSeenDay)) })}</p>
                </span>
                <Icon name="device" />
              </li>
            ))}
          </ul>
          <Notice tone="caution" icon="alert">
            {t('onboarding.existingText')}
          </Notice>
        </div>
      </div>
      <div className="dock">
        <button type="button" className="btn btn--urgent btn--lg" onClick={props.onReplace}>
          {t(existingDevices.length > 1 ? 'onboarding.replaceMany' : 'onboarding.replace')}
        </button>
        <button type="button" className="btn btn--quiet" onClick={props.onKeep}>
          {t('onboarding.keep')}
        </button>
      </div>
    </>
  )
}

/** `onAnew`: its PIN is forgotten; the new copy takes the old one's place. Asked for twice, for it erases. */
export function AlreadyHereStep({ onUnlock, onAnew }: { onUnlock: () => void; onAnew: () => void }) {
  const { t } = useSpeech()
  const [forgot, setForgot] = useState(false)
  return (
    <>
      <div className="screen__scroll">
        <div className="stack">
          <h1 className="big-title">{t('onboarding.hereTitle')}</h1>
          <p className="lead">{t('onboarding.hereText')}</p>
          {forgot && (
            <Notice tone="caution" icon="alert" role="alert">
              {t('onboarding.anewText')}
            </Notice>
          )}
        </div>
      </div>
      <div className="dock">
        <button type="button" className="btn btn--primary btn--lg" onClick={onUnlock}>
          {t('onboarding.unlockIt')}
        </button>
        {forgot ? (
          <button type="button" className="btn btn--urgent" onClick={onAnew}>
            {t('onboarding.anew')}
          </button>
        ) : (
          <button type="button" className="btn btn--quiet" onClick={() => setForgot(true)}>
            {t('onboarding.forgotPin')}
          </button>
        )}
      </div>
    </>
  )
}
