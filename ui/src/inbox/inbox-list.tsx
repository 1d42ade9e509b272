/**
 * The inbox in its groups: what waits for an answer, what waits on this device, the rest. The order inside a group is
 * the messenger's. Arrow keys walk the rows.
 */
import type { ConversationId, InboxRow } from '@pli/client'
import { type KeyboardEvent, useId } from 'react'
import type { MessageKey } from '../i18n/catalogue.ts'
import { useSpeech } from '../i18n/language.tsx'
import { InboxRowLink } from './inbox-row.tsx'

export interface InboxListProps {
  rows: readonly InboxRow[]
  currentId?: ConversationId | undefined
  /** Offline, what waits here is shown as a group of its own. */
  offline?: boolean
  onOpen: (conversationId: ConversationId) => void
}

const waitsHere = (row: InboxRow) => row.lastMessage?.outgoing?.state === 'waiting'

export function groupRows(rows: readonly InboxRow[], offline: boolean) {
  const toAnswer = rows.filter((row) => row.toAnswer)
  const waiting = offline ? rows.filter((row) => !row.toAnswer && waitsHere(row)) : []
  const recent = rows.filter((row) => !row.toAnswer && !waiting.includes(row))
  return { toAnswer, waiting, recent }
}

/** Moves the focus between the links of a list. */
export function walkLinks(event: KeyboardEvent<HTMLElement>) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  if (step === undefined) return
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>('a[href], button.person')]
  const at = links.indexOf(document.activeElement as HTMLElement)
  const next = links[at + step]
  if (at < 0 || !next) return
  event.preventDefault()
  next.focus()
}

export function InboxList(props: InboxListProps) {
  const { toAnswer, waiting, recent } = groupRows(props.rows, props.offline ?? false)
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: arrow keys are a shortcut; every link is reached by Tab too
    <div onKeyDown={walkLinks}>
      <Group {...props} title="inbox.toAnswer" rows={toAnswer} counted />
      <Group {...props} title="inbox.waiting" rows={waiting} counted />
      <Group {...props} title="inbox.recent" rows={recent} />
    </div>
  )
}

function Group(props: InboxListProps & { title: MessageKey; counted?: boolean }) {
  const { t } = useSpeech()
  const headingId = useId()
  if (props.rows.length === 0) return null
  return (
    <section aria-labelledby={headingId}>
      <h2 className="rows__head" id={headingId}>
        {t(props.title)} {props.counted && <span className="num muted">{props.rows.length}</span>}
      </h2>
      <ul className="rows">
        {props.rows.map((row) => (
          <li key={row.conversationId}>
            <InboxRowLink row={row} current={row.conversationId === props.currentId} onOpen={props.onOpen} />
          </li>
        ))}
      </ul>
    </section>
  )
}
