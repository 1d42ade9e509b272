/**
 * The inbox: connection, local search, what waits for an answer, the rest. Search never leaves the device.
 * Not concerned with navigation: the app frames it and opens what is picked.
 */
import type { ConversationId, LocalSearchResult } from '@pli/client'
import { lazy, type ReactNode, Suspense, useDeferredValue, useEffect, useState } from 'react'
import { ConnectionBar, isOffline } from '../feedback/connection-bar.tsx'
import { EmptyState, Skeleton } from '../feedback/states.tsx'
import { usePlatform } from '../hooks/platform.tsx'
import { useMessenger } from '../hooks/pli-context.tsx'
import { useLive } from '../hooks/use-live.ts'
import { useSpeech } from '../i18n/language.tsx'
import { AppMark, Icon } from '../icons/icon.tsx'
import { InboxList } from '../inbox/inbox-list.tsx'
import { SearchResults } from '../inbox/search-results.tsx'
import { type Landmark, Screen, ScreenBar } from './screen.tsx'

/** Hardly anybody is asked: what it takes is fetched when somebody is. */
const GuaranteeRequests = lazy(() => import('../guarantors/guarantee-requests.tsx'))

export interface InboxScreenProps {
  currentId?: ConversationId | undefined
  landmark?: Landmark
  onOpen: (conversationId: ConversationId) => void
  onWrite: () => void
  onSearchDirectory: () => void
  onProveAgain?: () => void
  /** What the app puts at the end of the bar, such as the account. */
  barEnd?: ReactNode
}

export function InboxScreen(props: InboxScreenProps) {
  const { t } = useSpeech()
  const desk = usePlatform().form === 'desk'
  const landmark = props.landmark ?? (desk ? 'section' : 'main')
  const [text, setText] = useState('')
  const searched = useDeferredValue(text.trim())
  return (
    <Screen landmark={landmark} label={t('nav.messages')}>
      <ScreenBar
        title={t('nav.messages')}
        heading={landmark === 'main' ? 'h1' : 'h2'}
        start={desk ? undefined : <AppMark />}
      >
        {props.barEnd}
        {desk && <WriteButton onWrite={props.onWrite} />}
      </ScreenBar>
      <ConnectionBar {...(props.onProveAgain && { onProveAgain: props.onProveAgain })} />
      <div className="finder">
        <SearchBox desk={desk} text={text} onText={setText} />
      </div>
      <div className="screen__scroll">
        {!searched && <Asked />}
        {searched ? <Found {...props} text={searched} /> : <Rows {...props} />}
      </div>
    </Screen>
  )
}

/** Somebody who is not in the directory asks this person to answer for them. */
function Asked() {
  const list = useLive(useMessenger().guarantees)
  if (!list?.guarantees.some(({ state }) => state === 'pending')) return null
  return (
    <Suspense>
      <GuaranteeRequests list={list} />
    </Suspense>
  )
}

function WriteButton({ onWrite }: { onWrite: () => void }) {
  const { t } = useSpeech()
  return (
    <button
      type="button"
      className="icon-btn icon-btn--filled"
      aria-label={t('nav.writeKey')}
      onClick={onWrite}
    >
      <Icon name="write" />
    </button>
  )
}

function SearchBox(props: { desk: boolean; text: string; onText: (text: string) => void }) {
  const { t } = useSpeech()
  return (
    <search>
      <label className="search">
        <span className="sr">{t('inbox.search')}</span>
        <Icon name="search" size="sm" />
        <input
          className="input"
          type="search"
          value={props.text}
          placeholder={t(props.desk ? 'inbox.searchShort' : 'inbox.search')}
          autoComplete="off"
          onChange={(event) => props.onText(event.target.value)}
        />
      </label>
    </search>
  )
}

function Rows(props: InboxScreenProps) {
  const { t } = useSpeech()
  const messenger = useMessenger()
  const rows = useLive(messenger.inbox)
  const connection = useLive(messenger.connection)
  if (!rows) return <Skeleton rows={6} />
  if (rows.length === 0) {
    return (
      <EmptyState icon="inbox" title={t('inbox.emptyTitle')} text={t('inbox.emptyText')}>
        <button type="button" className="btn btn--primary" onClick={props.onWrite}>
          {t('inbox.emptyAction')}
        </button>
      </EmptyState>
    )
  }
  return (
    <InboxList
      rows={rows}
      currentId={props.currentId}
      offline={isOffline(connection)}
      onOpen={props.onOpen}
    />
  )
}

function Found(props: InboxScreenProps & { text: string }) {
  const messenger = useMessenger()
  const [result, setResult] = useState<LocalSearchResult>()
  const { text } = props
  useEffect(() => {
    let wanted = true
    const keep = (found: LocalSearchResult) => wanted && setResult(found)
    messenger.searchLocal(text).then(keep, () => keep({ people: [], messages: [] }))
    return () => {
      wanted = false
    }
  }, [messenger, text])
  if (!result) return <Skeleton />
  return <SearchResults {...props} result={result} />
}
