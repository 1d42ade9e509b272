/**
 * Quiet lines above the app: a new version, something that came while locked, an offer to install. None is in the way,
 * and none moves on by itself.
 */
import { useEffect, useState } from 'react'
import { keepAll } from '../hooks/before-leaving.ts'
import { useLive } from '../hooks/use-live.ts'
import { useSpeech } from '../i18n/language.tsx'
import { Icon } from '../icons/icon.tsx'
import { declineInstall, installOffer } from './install-offer.ts'
import type { ServiceWorkerClient } from './service-worker-client.ts'

export function VersionNotice({ serviceWorker }: { serviceWorker: ServiceWorkerClient }) {
  const { t } = useSpeech()
  const version = useLive(serviceWorker.version)
  const missing = useMissingPart()
  const [later, setLater] = useState(false)
  const replaced = version === 'replaced'
  const urgent = replaced || missing
  const shown = urgent || (version === 'waiting' && !later)
  return (
    <div role="status">
      {shown && (
        <div className="banner">
          <Icon name="retry" size="sm" />
          <p>{t(replaced ? 'app.replaced' : 'app.newVersion')}</p>
          <span className="banner__actions">
            <button
              type="button"
              className="btn"
              onClick={() => void keepAll().then(serviceWorker.useNewVersion)}
            >
              {t('app.reload')}
            </button>
            {!urgent && (
              <button type="button" className="btn" onClick={() => setLater(true)}>
                {t('common.later')}
              </button>
            )}
          </span>
        </div>
      )}
    </div>
  )
}

/** A part of the app that was to be fetched later is no longer there: the server has a newer version. */
function useMissingPart(): boolean {
  const [missing, setMissing] = useState(false)
  useEffect(() => {
    // Offline, nothing is known of the server.
    const note = () => setMissing(navigator.onLine)
    addEventListener('vite:preloadError', note)
    return () => removeEventListener('vite:preloadError', note)
  }, [])
  return missing
}

/** Only where the browser offers it, and never again after "later". */
export function InstallNotice() {
  const { t } = useSpeech()
  const offer = useLive(installOffer)
  if (!offer) return null
  return (
    <div className="banner">
      <Icon name="download" size="sm" />
      <p>{t('app.install')}</p>
      <span className="banner__actions">
        <button type="button" className="btn" onClick={offer}>
          {t('app.installAction')}
        </button>
        <button type="button" className="btn" onClick={declineInstall}>
          {t('common.later')}
        </button>
      </span>
    </div>
  )
}
