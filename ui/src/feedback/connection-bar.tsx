/**
 * One quiet bar: offline, messages arriving, another tab, removed device. Shown only when there is something to know, and only after a
 * moment, for most connections come back at once.
 */
import type { ConnectionState } from '@pli/client'
import { useEffect, useState } from 'react'
import { useMessenger } from '../hooks/pli-context.tsx'
import { useLive } from '../hooks/use-live.ts'
import { useSpeech } from '../i18n/language.tsx'
import type { Speech } from '../i18n/translator.ts'
import { Icon, type IconName } from '../icons/icon.tsx'

const QUIET_MS = 1500

type Matter = 'offline' | 'arriving' | 'following' | 'revoked' | 'suspended' | 'unvouched' | 'relay_changed'

const stopping: readonly Matter[] = ['revoked', 'suspended', 'unvouched', 'relay_changed']

interface Line {
  icon: IconName
  strong: string
  text?: string
}

export function isOffline(connection: ConnectionState | undefined): boolean {
  if (!connection) return false
  return connection.state === 'following' ? !connection.online : connection.state !== 'online'
}

function matterOf(connection: ConnectionState | undefined, isVouched: boolean): Matter | undefined {
  if (!connection) return
  if (connection.state === 'revoked') {
    if (connection.reason === 'licence_inactive') return isVouched ? 'unvouched' : 'suspended'
    return connection.reason === 'trust_root_changed' ? 'relay_changed' : 'revoked'
  }
  if (isOffline(connection)) return 'offline'
  if (connection.state === 'following') return 'following'
  return connection.state === 'online' && !connection.upToDate ? 'arriving' : undefined
}

function lineOf({ t, format }: Speech, matter: Matter, sinceMs: number): Line {
  switch (matter) {
    case 'revoked':
      return { icon: 'alert', strong: t('connection.revoked'), text: t('connection.revokedText') }
    case 'suspended':
      return { icon: 'alert', strong: t('connection.suspended'), text: t('connection.suspendedText') }
    case 'unvouched':
      return { icon: 'alert', strong: t('connection.unvouched'), text: t('connection.unvouchedText') }
    case 'relay_changed':
      return { icon: 'alert', strong: t('connection.relayChanged'), text: t('connection.relayChangedText') }
    case 'following':
      return { icon: 'copy', strong: t('connection.following'), text: t('connection.followingText') }
    case 'arriving':
      return { icon: 'download', strong: t('connection.catchingUp') }
    case 'offline': {
      const strong = t('connection.offlineSince', { time: format.time(sinceMs) })
      return { icon: 'offline', strong, text: t('connection.offlineText') }
    }
  }
}

/** `onProveAgain` is offered when this device was removed from the account. */
export function ConnectionBar(props: { onProveAgain?: () => void }) {
  const speech = useSpeech()
  const messenger = useMessenger()
  const isVouched = useLive(messenger.account)?.person.vouched !== undefined
  const shown = useSettled(matterOf(useLive(messenger.connection), isVouched))
  const line = shown && lineOf(speech, shown.matter, shown.sinceMs)
  const revoked = shown?.matter === 'revoked'
  const stopped = shown !== undefined && stopping.includes(shown.matter)
  return (
    <div role="status">
      {line && (
        <div className={stopped ? 'banner banner--caution' : 'banner'}>
          <Icon name={line.icon} size="sm" />
          <p>
            <b>{line.strong}</b> {line.text}
          </p>
          {revoked && props.onProveAgain && (
            <button type="button" className="btn" onClick={props.onProveAgain}>
              {speech.t('connection.proveAgain')}
            </button>
          )}
        </div>
      )}
    </div>
  )
}

interface Settled {
  matter: Matter
  sinceMs: number
}

/** What has lasted a moment, and since when; it goes at once when it is over. */
function useSettled(matter: Matter | undefined): Settled | undefined {
  const [settled, setSettled] = useState<Settled>()
  useEffect(() => {
    if (!matter) return setSettled(undefined)
    const sinceMs = Date.now()
    const timer = setTimeout(() => setSettled({ matter, sinceMs }), QUIET_MS)
    return () => clearTimeout(timer)
  }, [matter])
  return settled?.matter === matter ? settled : undefined
}
