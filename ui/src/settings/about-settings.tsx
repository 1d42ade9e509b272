/** Which program this is, and where its exact source is to be had (AGPL section 13). */
import type { RelayConfig } from '@pli/protocol/wire'
import { useEffect, useState } from 'react'
import { usePli } from '../hooks/pli-context.tsx'
import { useSpeech } from '../i18n/language.tsx'
import { Setting, SettingGroup } from './setting.tsx'

export function AboutSettings() {
  const { t } = useSpeech()
  const pli = usePli()
  const [config, setConfig] = useState<RelayConfig>()
  useEffect(() => {
    let wanted = true
    pli.relayConfig().then(
      (known) => wanted && setConfig(known),
      () => undefined,
    )
    return () => {
      wanted = false
    }
  }, [pli])
  return (
    <SettingGroup title={t('settings.about')}>
      {config && (
        <Setting
          title={
            <a href={config.sourceUrl} rel="noreferrer" target="_blank">
              {t('settings.source')}
            </a>
          }
          hint={t('settings.licence', { version: config.version })}
        />
      )}
      <Setting title={<span className="setting__plain">{t('settings.unaudited')}</span>} />
    </SettingGroup>
  )
}
