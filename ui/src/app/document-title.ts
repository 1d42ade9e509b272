/**
 * The title of the tab: what waits, and which part of the app. Never a name: titles stand in task lists, histories and
 * screen shares.
 */
import { useEffect } from 'react'
import { useMessenger } from '../hooks/pli-context.tsx'
import { useLive } from '../hooks/use-live.ts'
import { useSpeech } from '../i18n/language.tsx'
import type { Route } from './route.ts'

const titles = {
  inbox: 'nav.messages',
  conversation: 'nav.messages',
  person: 'nav.messages',
  new: 'nav.write',
  people: 'nav.directory',
  me: 'nav.me',
} as const

export function useDocumentTitle(route: Route) {
  const { t } = useSpeech()
  const rows = useLive(useMessenger().inbox)
  const unread = rows?.reduce((sum, row) => sum + row.unread, 0) ?? 0
  const part = t(titles[route.at])
  useEffect(() => {
    document.title = `${unread > 0 ? `(${unread}) ` : ''}${part} · Pli`
    return () => {
      document.title = 'Pli'
    }
  }, [unread, part])
}
