/**
 * One conversation in the inbox: who, where, what was said last and about whom, and what is still to do.
 * A real link, so that it opens in a new tab too.
 */
import type { ConversationId, InboxRow } from '@pli/client'
import { type MouseEvent, memo } from 'react'
import { bodyLine } from '../conversation/body-words.ts'
import { MessageState } from '../conversation/message-state.tsx'
import { PatientTag } from '../conversation/patient-tag.tsx'
import { usePlatform } from '../hooks/platform.tsx'
import { useNow } from '../hooks/use-now.ts'
import { daysBetween } from '../i18n/formats.ts'
import { useSpeech } from '../i18n/language.tsx'
import type { Speech } from '../i18n/translator.ts'
import { Avatar } from '../people/avatar.tsx'
import { fullName, personLine } from '../people/person-facts.ts'
import { Due, pressureOf } from './due.tsx'

export interface InboxRowProps {
  row: InboxRow
  current?: boolean
  onOpen: (conversationId: ConversationId) => void
}

/** 10:18, yesterday, Mon, 17/11: as short as it stays clear. */
export function rowTime({ t, format }: Speech, atMs: number, nowMs: number): string {
  const days = daysBetween(atMs, nowMs)
  if (days <= 0) return format.time(atMs)
  if (days === 1) return t('time.yesterdayShort')
  return days < 7 ? format.weekday(atMs) : format.shortDate(atMs)
}

/** Leaves the browser its own ways of opening a link. */
export function isPlainClick(event: MouseEvent): boolean {
  return event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
}

export const InboxRowLink = memo(function InboxRowLink({ row, current, onOpen }: InboxRowProps) {
  const speech = useSpeech()
  const platform = usePlatform()
  const nowMs = useNow()
  const pressure = row.answerByMs === undefined ? 'calm' : pressureOf(row.answerByMs, nowMs)
  const urgent = pressure === 'urgent' || pressure === 'late'
  const names = ['row', urgent && 'row--urgent', row.unread > 0 && 'row--unread']
  return (
    <a
      className={names.filter(Boolean).join(' ')}
      href={platform.conversationHref(row.conversationId)}
      {...(current && { 'aria-current': 'true' as const })}
      onClick={(event) => {
        if (!isPlainClick(event)) return
        event.preventDefault()
        onOpen(row.conversationId)
      }}
    >
      <Avatar person={row.person} />
      <span className="row__body">
        <span className="row__top">
          <span className="row__name">{fullName(speech, row.person)}</span>
          <time className="row__time">{rowTime(speech, row.latestAtMs, nowMs)}</time>
        </span>
        <span className="row__place">{personLine(speech, row.person)}</span>
        <LastLine row={row} />
        <Foot row={row} />
      </span>
    </a>
  )
})

function LastLine({ row }: { row: InboxRow }) {
  const { t } = useSpeech()
  const last = row.lastMessage
  const line = last ? bodyLine(t, last.body) : ''
  return (
    <span className="row__last">
      {!row.draft && last?.patientTag && <PatientTag tag={last.patientTag} />}
      <span className="row__text">
        {row.draft ? (
          <>
            <span className="row__draft">{t('inbox.draft')}</span> {row.draft}
          </>
        ) : last?.direction === 'out' ? (
          t('inbox.mine', { text: line })
        ) : (
          line
        )}
      </span>
      {row.unread > 0 && (
        <span className="count">
          <span className="sr">{t('inbox.unread')} </span>
          {row.unread}
        </span>
      )}
    </span>
  )
}

function Foot({ row }: { row: InboxRow }) {
  const outgoing = row.lastMessage?.direction === 'out' ? row.lastMessage.outgoing : undefined
  if (!outgoing && row.answerByMs === undefined) return null
  return (
    <span className="row__foot">
      {outgoing ? <MessageState outgoing={outgoing} /> : <span />}
      {row.answerByMs !== undefined && <Due answerByMs={row.answerByMs} />}
    </span>
  )
}
