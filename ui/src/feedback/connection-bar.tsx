/**
 * One quiet bar: offline, another tab, removed device. Shown only when there is something to know, and only after a
 * moment, for most connections come back at once.
 */
import type { ConnectionState } from '@pli/client'
import { useEffect, useRef, useState } from 'react'
import { useMessenger } from '../hooks/pli-context.tsx'
import { useLive } from '../hooks/use-live.ts'
import { useSpeech } from '../i18n/language.tsx'
import type { Speech } from '../i18n/translator.ts'
import { Icon, type IconName } from '../icons/icon.tsx'

const QUIET_MS = 1500

interface Line {
  icon: IconName
  tone?: 'caution'
  strong: string
  text?: string
}

export function isOffline(connection: ConnectionState | undefined): boolean {
  if (!connection) return false
  return connection.state === 'following' ? !connection.online : connection.state !== 'online'
}

function lineOf(speech: Speech, connection: ConnectionState, sinceMs: number | undefined): Line | undefined {
  const { t, format } = speech
  if (connection.state === 'revoked') {
    return {
      icon: 'alert',
      tone: 'caution',
      strong: t('connection.revoked'),
      text: t('connection.revokedText'),
    }
  }
  if (isOffline(connection)) {
    const strong = sinceMs
      ? t('connection.offlineSince', { time: format.time(sinceMs) })
      : t('connection.offline')
    return { icon: 'offline', strong, text: t('connection.offlineText') }
  }
  if (connection.state === 'following') {
    return { icon: 'copy', strong: t('connection.following'), text: t('connection.followingText') }
  }
  return
}

/** `onProveAgain` is offered when this device was removed from the account. */
export function ConnectionBar(props: { onProveAgain?: () => void }) {
  const speech = useSpeech()
  const connection = useLive(useMessenger().connection)
  const sinceMs = useOfflineSince(connection)
  if (!connection) return <div role="status" />
  const known = isOffline(connection) && connection.state !== 'revoked' && sinceMs === undefined
  const line = known ? undefined : lineOf(speech, connection, sinceMs)
  return (
    <div role="status">
      {line && (
        <div className={line.tone ? `banner banner--${line.tone}` : 'banner'}>
          <Icon name={line.icon} size="sm" />
          <p>
            <b>{line.strong}</b> {line.text}
          </p>
          {connection.state === 'revoked' && props.onProveAgain && (
            <button type="button" className="btn" onClick={props.onProveAgain}>
              {speech.t('connection.proveAgain')}
            </button>
          )}
        </div>
      )}
    </div>
  )
}

/** Since when nothing goes through; undefined while online and during the first moment of being offline. */
function useOfflineSince(connection: ConnectionState | undefined): number | undefined {
  const offline = isOffline(connection)
  const [sinceMs, setSinceMs] = useState<number>()
  const began = useRef(0)
  useEffect(() => {
    if (!offline) return setSinceMs(undefined)
    began.current = Date.now()
    const timer = setTimeout(() => setSinceMs(began.current), QUIET_MS)
    return () => clearTimeout(timer)
  }, [offline])
  return sinceMs
}
