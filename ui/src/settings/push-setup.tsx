/**
 * Notifications: explained before the browser asks, what a refusal means, a test. Used at onboarding and in settings.
 * The push itself carries no content.
 */
import type { Messenger } from '@pli/client'
import { useState } from 'react'
import { FailedLine, Notice } from '../feedback/states.tsx'
import { usePlatform } from '../hooks/platform.tsx'
import { usePli } from '../hooks/pli-context.tsx'
import { useLive } from '../hooks/use-live.ts'
import { useTask } from '../hooks/use-task.ts'
import type { MessageKey } from '../i18n/catalogue.ts'
import { useSpeech } from '../i18n/language.tsx'
import { Icon } from '../icons/icon.tsx'

const sentenceOf = {
  denied: 'onboarding.notifyDenied',
  unsupported: 'onboarding.notifyUnsupported',
  install_first: 'onboarding.notifyInstall',
} as const satisfies Record<string, MessageKey>

export function PushSetup({ messenger }: { messenger: Messenger }) {
  const { t } = useSpeech()
  const pli = usePli()
  const platform = usePlatform()
  const task = useTask()
  const settings = useLive(messenger.settings)
  const [support, setSupport] = useState(() => platform.pushSupport())
  const [tested, setTested] = useState(false)
  const on = settings?.notifications === 'on'
  const allow = () =>
    task.run(async () => {
      const config = await pli.relayConfig()
      const subscription = await platform.subscribeToPush(config.vapidPublicKey)
      setSupport(platform.pushSupport())
      if (!subscription) return
      await messenger.enablePush(subscription)
      await messenger.updateSettings({ notifications: 'on' })
    })
  const test = () =>
    task.run(async () => {
      await messenger.testPush()
      setTested(true)
    })
  return (
    <div className="vstack">
      {support !== 'ready' && (
        <Notice icon="bell" tone="caution" role="status">
          {t(sentenceOf[support])}
        </Notice>
      )}
      {support === 'ready' && !on && (
        <button type="button" className="btn btn--primary btn--lg" aria-busy={task.busy} onClick={allow}>
          <Icon name="bell" size="sm" />
          {t('onboarding.notifyAllow')}
        </button>
      )}
      {support === 'ready' && on && (
        <>
          <Notice icon="check" tone="safe" role="status">
            {t(tested ? 'onboarding.notifyTested' : 'onboarding.notifyOn')}
          </Notice>
          <button type="button" className="btn" aria-busy={task.busy} onClick={test}>
            {t('onboarding.notifyTest')}
          </button>
        </>
      )}
      <FailedLine error={task.failure} />
    </div>
  )
}
