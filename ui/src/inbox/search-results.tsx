/** What the local search found: people written to, and messages. */
import type { ConversationId, LocalSearchResult } from '@pli/client'
import { bodyLine } from '../conversation/body-words.ts'
import { EmptyState } from '../feedback/states.tsx'
import { usePlatform } from '../hooks/platform.tsx'
import { useNow } from '../hooks/use-now.ts'
import { useSpeech } from '../i18n/language.tsx'
import { Avatar } from '../people/avatar.tsx'
import { Highlight } from '../people/highlight.tsx'
import { fullName } from '../people/person-facts.ts'
import { walkLinks } from './inbox-list.tsx'
import { InboxRowLink, isPlainClick, rowTime } from './inbox-row.tsx'

export function SearchResults(props: {
  result: LocalSearchResult
  text: string
  currentId?: ConversationId | undefined
  onOpen: (conversationId: ConversationId) => void
  onSearchDirectory: () => void
}) {
  const { t } = useSpeech()
  const { people, messages } = props.result
  if (people.length + messages.length === 0) {
    return (
      <EmptyState
        icon="search"
        title={t('inbox.foundNothing', { text: props.text })}
        text={t('inbox.foundNothingHint')}
      >
        <button type="button" className="btn" onClick={props.onSearchDirectory}>
          {t('inbox.searchDirectory')}
        </button>
      </EmptyState>
    )
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: arrow keys are a shortcut; every link is reached by Tab too
    <div onKeyDown={walkLinks}>
      {people.length > 0 && <h2 className="rows__head">{t('inbox.foundPeople')}</h2>}
      <ul className="rows">
        {people.map((row) => (
          <li key={row.conversationId}>
            <InboxRowLink row={row} current={row.conversationId === props.currentId} onOpen={props.onOpen} />
          </li>
        ))}
      </ul>
      {messages.length > 0 && <h2 className="rows__head">{t('inbox.foundMessages')}</h2>}
      <ul className="rows">
        {messages.map((found) => (
          <li key={found.message.id}>
            <FoundMessage {...found} text={props.text} onOpen={props.onOpen} />
          </li>
        ))}
      </ul>
    </div>
  )
}

type Found = LocalSearchResult['messages'][number]

function FoundMessage(props: Found & { text: string; onOpen: (conversationId: ConversationId) => void }) {
  const speech = useSpeech()
  const platform = usePlatform()
  const nowMs = useNow(60_000)
  const { message, person } = props
  return (
    <a
      className="row"
      href={platform.conversationHref(message.conversationId)}
      onClick={(event) => {
        if (!isPlainClick(event)) return
        event.preventDefault()
        props.onOpen(message.conversationId)
      }}
    >
      <Avatar person={person} />
      <span className="row__body">
        <span className="row__top">
          <span className="row__name">{fullName(speech, person)}</span>
          <time className="row__time">{rowTime(speech, message.atMs, nowMs)}</time>
        </span>
        <span className="row__last">
          <span className="row__text">
            <Highlight
              text={excerptAround(bodyLine(speech.t, message.body), props.text)}
              typed={props.text}
            />
          </span>
        </span>
      </span>
    </a>
  )
}

/** The line around what was searched, so that it is on the screen and not behind the ellipsis. */
function excerptAround(line: string, text: string): string {
  const at = line.toLowerCase().indexOf(text.toLowerCase())
  return at > 24 ? `… ${line.slice(at - 16)}` : line
}
